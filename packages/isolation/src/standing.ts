import { isDeepStrictEqual } from 'node:util';
import type { NetworkPolicy, Oracle } from '@netproof/policy';
import { type Held, questionOf } from './field.ts';
import type { PolicyState } from './world.ts';

/** What a step makes of a cluster, and what its policies say then. */
export interface Stage {
  readonly title: string;
  readonly state: PolicyState;
  readonly truth: Oracle;
}

const ends = ['egress', 'ingress'] as const;

/**
 * Tells of a pair that is denied all the time while a state becomes the next one, by which policy: before and after, the
 * policies of the same end deny it, and this one, which isolates that end, stays as it is. What policies allow adds up, so
 * the others may come and go in any order: none of those before and none of those after allows the pair.
 *
 * Of labels nothing is known on the way: where they change, this tells of no pair, and so where nothing came before.
 */
export function standingOver(
  before: Stage | undefined,
  now: Stage,
): (held: Held) => NetworkPolicy | undefined {
  if (before === undefined || !isDeepStrictEqual(labelsOf(before), labelsOf(now))) return () => undefined;
  return (held) => {
    const question = questionOf(held);
    if (question === undefined || held.expected !== 'denied') return undefined;
    const [was, is] = [before.truth.decide(question), now.truth.decide(question)];
    for (const end of ends) {
      if (was[end].verdict !== 'denied' || is[end].verdict !== 'denied') continue;
      const stays = is[end].isolatedBy.find((policy) =>
        was[end].isolatedBy.some((other) => isDeepStrictEqual(policy, other)),
      );
      if (stays) return stays;
    }
    return undefined;
  };
}

function labelsOf({ state: { podLabels = {}, namespaceLabels = {} } }: Stage) {
  return { podLabels, namespaceLabels };
}
