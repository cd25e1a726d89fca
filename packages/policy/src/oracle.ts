import { exitCode, NetproofError } from '@netproof/core';
import { explainDecision } from './explain.ts';
import type { Via } from './left-open.ts';
import { type NetworkPolicy, nameOf } from './network-policy.ts';
import type { ServedPort } from './port.ts';
import { cellsOf, type TruthTable } from './table.ts';
import { validate } from './validate.ts';
import { type Decision, decide } from './verdict.ts';
import { idOf, namespaceLabels, type PolicyEndpoint, type World } from './world.ts';

/** Traffic by the ids of its ends; what it names must be in the world. */
export interface Question extends ServedPort {
  readonly from: string;
  readonly to: string;
  readonly via?: Via | undefined;
}

export interface Oracle {
  /** @throws NetproofError `NO_SUCH_ENDPOINT` (a defect of the caller) */
  decide(question: Question): Decision;
  /** The decision in words, with its verdict first. */
  explain(question: Question): string;
  /** Every ordered pair of ends of which one at least is a pod, a pod with itself included, on every port. */
  table(ports: readonly ServedPort[], via?: Via): TruthTable;
  /** The policies that isolate an end of some traffic, in its direction: those that a reader of its verdict needs. */
  concerning(question: Question): readonly NetworkPolicy[];
}

/**
 * What NetworkPolicies allow in a cluster that looks so. Written from the text of the API, and from nothing that
 * implements it.
 *
 * @throws NetproofError `POLICY_INVALID` with all problems of the world at once
 */
export function oracle(world: World): Oracle {
  validate(world);
  const ends = [...world.pods, ...(world.addresses ?? [])];
  const byId = new Map<string, PolicyEndpoint>(ends.map((end) => [idOf(end), end]));
  // Sorted, so that explanations do not depend on the order in which policies were listed.
  const policies = world.policies.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rules = { policies, namespaces: namespaceLabels(world.namespaces) };

  const find = (id: string): PolicyEndpoint => {
    const found = byId.get(id);
    if (found) return found;
    throw new NetproofError(`no endpoint ${id} among ${[...byId.keys()].join(', ')}`, {
      code: 'NO_SUCH_ENDPOINT',
      exit: exitCode.defect,
    });
  };
  const answer = (question: Question): Decision =>
    decide(rules, { ...question, from: find(question.from), to: find(question.to) });

  return {
    decide: answer,
    explain: (question) => explainDecision(answer(question)),
    table: (ports, via) => ({ via, cells: cellsOf(ends, ports, (question) => answer({ ...question, via })) }),
    concerning: (question) => {
      const { egress, ingress } = answer(question);
      return [...new Set([...egress.isolatedBy, ...ingress.isolatedBy])];
    },
  };
}
