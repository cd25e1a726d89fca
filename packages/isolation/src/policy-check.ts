import {
  bounds,
  type CheckContext,
  type CheckDefinition,
  check,
  feature,
  type IsolationStep,
  type Judge,
  type Labels,
  type Milliseconds,
  type NodeFacts,
  nodes,
  policyNodesAtMost,
} from '@netproof/core';
import { type NetworkPolicy, oracle } from '@netproof/policy';
import { Field, type Held, isAnswered, isLeak, isUnknown, isWrong } from './field.ts';
import { judgeStanding, judgeStep } from './judge-step.ts';
import { type Stage, standingOver } from './standing.ts';
import { worldOf } from './world.ts';

/** One state of policies and labels; what it replaces is the step before it. */
export interface Step {
  readonly title: string;
  readonly policies: readonly NetworkPolicy[];
  /** Over the pods' own, by endpoint: `x/a`. */
  readonly podLabels?: Readonly<Record<string, Labels>>;
  /** Over the namespaces' own, by name: `netproof-x`. */
  readonly namespaceLabels?: Readonly<Record<string, Labels>>;
}

export interface PolicyCase extends Omit<CheckDefinition, 'run' | 'needs'> {
  /** Beside what every check of isolation needs. */
  readonly needs?: CheckDefinition['needs'];
  /** Steps that depend on addresses are made of those who have them. */
  readonly steps: readonly Step[] | ((places: Field['places']) => readonly Step[]);
  /** Whether pods ask a host outside of the cluster as well. */
  readonly outside?: true;
}

/** Faults of the pod network and of Services: where not all pods reach each other, isolation cannot be judged. */
const disturbing = [
  'route-missing-one-way',
  'vxlan-dropped',
  'udp-dropped',
  'udp-dropped-on-node',
  'packets-lost',
  'duplicated-address',
  'cni-agent-stopped',
  // Who comes with another address is another peer.
  'masquerade-between-nodes',
  'masquerade-on-node',
];

/** Where nothing answers nothing gets through, and nobody is isolated: what takes that for isolation is no check of it. */
const deceiving = ['policy-targets-dead'];

/** What shows in steps that happen to last long enough. */
const inLongSteps = ['policy-lapses'];

/** How often a sample that is to be judged is made at most, where allowed pairs had no answer or agents no CPU. */
const triesToTell = 3;

/**
 * After so many looks in a row in which nothing was wrong that was known, and agents had no CPU for the rest, the step
 * stays undecided: more looks would starve them further, until their control streams are lost, and a lack of CPU looks like
 * a defect.
 */
const looksWithoutCpu = 5;

/**
 * A check of isolation. Its steps are made one after the other; in each, every pair of pods is asked by address and
 * through a Service until the cluster does what the policies say, and once more for the verdict. Before the first and after
 * the last step nothing may be isolated, so that a pod that is dead or cut off is never taken for isolated.
 */
export function policyCheck(
  { steps, needs = [], reddenedBy, outside, ...rest }: PolicyCase,
  bound?: Milliseconds,
): CheckDefinition {
  return check({
    ...rest,
    reddenedBy: {
      must: [...reddenedBy.must, ...deceiving],
      may: [...(reddenedBy.may ?? []), ...disturbing, ...inLongSteps],
    },
    cloudedBy: ['agent-throttled'],
    slow: true,
    needs: [feature('PodNetwork'), feature('Services'), feature('NetworkPolicy'), nodes(2), ...needs],
    async run(context) {
      const { isolation, judge, nodes: all } = context;
      const field = await Field.of(context, outside);
      covered(field, all.list, judge);
      const open = { policies: [] };
      const plan = typeof steps === 'function' ? steps(field.places) : steps;
      try {
        const bracketed: Step[] = [
          { title: 'before any policy', ...open },
          ...plan,
          { title: 'all policies deleted', ...open },
        ];
        let before: Stage | undefined;
        for (const [at, step] of bracketed.entries()) {
          const within = bound ?? longest([step, ...bracketed.slice(at - 1, at)]);
          const stage = await stageOf(step, field, context);
          if (!(await made(stage, before, field, context, within))) return;
          // It came to what its policies say, so what is denied in it was.
          before = stage;
        }
      } finally {
        await isolation.set(open);
      }
    },
  });
}

/** Each node has one of the pods, where there are so few; of more it is shown on which nothing was asked. */
function covered({ pods }: Field, list: readonly NodeFacts[], judge: Judge): void {
  if (list.length <= policyNodesAtMost) {
    judge.everyNode(pods, list);
    return;
  }
  const left = list.filter(({ name }) => !pods.some(({ node }) => node === name));
  judge.show({
    title: `Nodes on which no policy was asked for: the ${pods.length} pods are on ${list.length - left.length} others`,
    columns: ['node'],
    rows: left.map(({ name }) => [name]),
  });
}

/** Labels are set by a step, or taken off that the one before it had set. */
function longest(steps: readonly Step[]): Milliseconds {
  const labels = steps.some(({ podLabels, namespaceLabels }) => podLabels ?? namespaceLabels);
  return labels ? bounds.labelsEnforced : bounds.policyEnforced;
}

async function stageOf(
  { title, ...state }: Step,
  { places }: Field,
  { isolation }: CheckContext,
): Promise<Stage> {
  return { title, state, truth: oracle(worldOf(places, await isolation.namespaces(), state)) };
}

/** @returns whether it came to what the policies say; steps after one that did not would be judged by its remains */
async function made(
  stage: Stage,
  before: Stage | undefined,
  field: Field,
  { isolation, judge }: CheckContext,
  bound: Milliseconds,
): Promise<boolean> {
  const { title, state, truth } = stage;
  const standing = standingOver(before, stage);
  const begun = performance.now();
  const { sentAt } = await isolation.set(state);
  // Long before, where nothing had to be changed: what is wrong then is not late, and may be disturbed at most.
  const since = Math.max(begun, sentAt);
  const until = Math.max(sentAt + bound, begun + Math.min(bound, bounds.undisturbed));
  const samples: (readonly Held[])[] = [];
  const curve: IsolationStep['curve'][number][] = [];
  const taken = async (held: readonly Held[]) => {
    samples.push(held);
    const point = { wrong: held.filter(isWrong).length, unknown: held.filter(isUnknown).length };
    curve.push({ ms: performance.now() - since, ...point });
    return point;
  };
  const asIsSaid = () => seen.wrong + seen.unknown === 0;
  // What is denied all the time while the change is made is no part of it: an answer is a hole, however soon it closes.
  const isHole = (held: Held) => isAnswered(held) && standing(held) !== undefined;
  let last = await field.look(truth);
  let seen = await taken(last);
  // An engine that was there by the second sample of the step before is asked for the verdict in the second of this one.
  let whole = false;
  let starved = 0;
  while (!asIsSaid() && !last.some(isHole) && performance.now() < until && starved < looksWithoutCpu) {
    whole = field.swift && samples.length === 1;
    last = await (whole ? field.sample(truth) : field.look(truth));
    seen = await taken(last);
    starved = seen.wrong === 0 && seen.unknown > 0 ? starved + 1 : 0;
  }
  field.swift = samples.length <= 2;
  const hole = last.some(isHole);
  // A denied pair that is answered after all was as the policies say is a hole, and red at once: neither a lack of CPU nor
  // a lost packet answers it. For both an allowed pair may go without an answer once; where a policy denies it, it stays so.
  const tellable = !hole && starved < looksWithoutCpu && !(whole && asIsSaid());
  for (let tries = 0; tellable && tries < triesToTell; tries += 1) {
    last = await field.sample(truth);
    seen = await taken(last);
    if (asIsSaid() || last.some(isLeak)) break;
  }
  const ms = performance.now() - since;
  const { policies, podLabels = {}, namespaceLabels = {} } = state;
  const endpoints = field.places.map(({ id, node }) => ({ id, node }));
  isolation.tell({
    title,
    endpoints,
    grids: field.grids(last),
    curve,
    policies,
    podLabels,
    namespaceLabels,
    ms,
  });
  const judged = { title, truth, samples, curve };
  if (hole) {
    const stay = last.flatMap((held) => {
      const policy = standing(held);
      return policy ? [{ held, policy }] : [];
    });
    judgeStanding(judged, stay, judge);
  } else judgeStep(judged, judge);
  return asIsSaid();
}
