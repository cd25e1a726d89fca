import { createHash } from 'node:crypto';
import type { Coverage, Covered, Endpoint, MatrixPlan, Target } from '@netproof/core';

/** Rounds that are asked at once: so many others ask a server then, however many nodes there are. */
export const roundsAtOnce = 16;

/**
 * Questions that the pods of a node ask at once where every pair is asked: two slow cores that carry three nodes answer a
 * thousand within a probe's window, and agents that have no CPU say nothing of the network.
 */
export const asksAtOnce = 330;

/** Rounds of a sample, that of each node with itself included. */
export const sampledRounds = 16;

export interface Pair {
  readonly source: Endpoint;
  readonly target: Target;
}

/** What is asked at once. */
export type Turn = readonly Pair[];

export interface Covering {
  readonly coverage: Coverage;
  /** The lot by which a sample is drawn: the same one draws the same pairs. */
  readonly seed: string;
}

type Crossed = Pick<MatrixPlan, 'sources' | 'targets' | 'pairs' | 'ports' | 'untold'>;

/** The pairs of a plan, turn by turn. */
export interface Course {
  turns(): Iterable<Turn>;
  /** How much of the plan they are, where they are not all of it. */
  covered?(): Covered;
}

/** A node with those on it that ask and those that are asked. */
interface Seat {
  readonly sources: Endpoint[];
  readonly targets: Target[];
}

/**
 * Chooses which pairs of a plan are asked, and when.
 *
 * Nodes stand in a ring. In round r each asks the one that is r further on, so in every round each node asks once and
 * is asked once, and all rounds together are every ordered pair of nodes, once. Which endpoints of the two nodes take
 * part changes from round to round.
 */
export function courseOf(plan: Crossed, { coverage, seed }: Covering): Course {
  if (coverage === 'all' || !standsOnNodes(plan)) return { turns: () => everyPair(plan) };
  const whole = ringOf(plan);
  const [ring, rounds] = coverage === 'nodes' ? [whole, [...whole.keys()]] : drawn(whole, seed);
  const turns = () => turnsOf(ring, rounds, plan);
  return { turns, covered: () => coveredBy(turns(), plan, ring, coverage) };
}

/**
 * What stands on no node, or on several, is no pair of nodes: a Service, who is outside. Nor is a policy's: it selects
 * pods one by one, so that none can stand for another of its node, and its few pods are the same in every cluster.
 */
function standsOnNodes({ sources, targets, untold = false }: Crossed): boolean {
  const places = [...sources, ...targets.map(({ endpoint }) => endpoint)];
  return !untold && places.every((place) => place !== undefined && place.node !== '');
}

/**
 * At once where that is little; if not, in each turn all ask some targets, every source beginning with another one. What
 * policies allow is asked at one moment in any case: the next turn might find them changed.
 */
function* everyPair({ sources, targets, pairs = () => true, ports, untold }: Crossed): Generator<Turn> {
  const onNode = [...Map.groupBy(sources, ({ node }) => node).values()].map(({ length }) => length);
  const some = Math.max(1, Math.floor(asksAtOnce / (Math.max(...onNode) * ports.length)));
  const mostAtOnce = untold ? Number.POSITIVE_INFINITY : some;
  const rotated = mostAtOnce < targets.length;
  for (let from = 0; from < targets.length; from += mostAtOnce) {
    const slice = [...targets.keys()].slice(from, from + mostAtOnce);
    const turn = sources.flatMap((source, at) =>
      slice
        .map((round) => targets[rotated ? (at + round) % targets.length : round] as Target)
        .filter((target) => pairs(source, target))
        .map((target) => ({ source, target })),
    );
    if (turn.length > 0) yield turn;
  }
}

function ringOf({ sources, targets }: Crossed): readonly Seat[] {
  const seats = new Map<string, Seat>();
  const seatOf = (node: string) => {
    const seat = seats.get(node) ?? { sources: [], targets: [] };
    seats.set(node, seat);
    return seat;
  };
  for (const source of sources) seatOf(source.node).sources.push(source);
  for (const target of targets) seatOf(target.endpoint?.node ?? '').targets.push(target);
  return [...seats.values()];
}

/** The nodes in an order by lot; the round of each with itself, and others by lot. */
function drawn(ring: readonly Seat[], seed: string): readonly [readonly Seat[], readonly number[]] {
  const [own = 0, ...others] = ring.keys();
  const rounds = [own, ...shuffled(others, `${seed} rounds`).slice(0, sampledRounds - 1)];
  return [shuffled(ring, `${seed} nodes`), rounds];
}

/** Fisher and Yates' shuffle, by the digests of the seed: the same on every machine. */
function shuffled<T>(values: readonly T[], seed: string): readonly T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const at = createHash('sha256').update(`${seed} ${last}`).digest().readUInt32BE() % (last + 1);
    [order[last], order[at]] = [order[at] as T, order[last] as T];
  }
  return order;
}

function* turnsOf(ring: readonly Seat[], rounds: readonly number[], plan: Crossed): Generator<Turn> {
  for (let from = 0; from < rounds.length; from += roundsAtOnce) {
    const turn = rounds.slice(from, from + roundsAtOnce).flatMap((round) => roundOf(ring, round, plan));
    if (turn.length > 0) yield turn;
  }
}

function roundOf(ring: readonly Seat[], round: number, { pairs = () => true }: Crossed): readonly Pair[] {
  return ring.flatMap(({ sources }, at) => {
    const { targets } = ring[(at + round) % ring.length] as Seat;
    return pairBetween(sources, targets, round, pairs) ?? [];
  });
}

/** The first pair that the check allows, of all between two nodes, each round beginning with other ones. */
function pairBetween(
  sources: readonly Endpoint[],
  targets: readonly Target[],
  round: number,
  allowed: (source: Endpoint, target: Target) => boolean,
): Pair | undefined {
  const all = sources.length * targets.length;
  for (let step = 0; step < all; step += 1) {
    // diagonal by diagonal: the next source comes with the next target
    const at = (round + step) % all;
    const source = sources[at % sources.length];
    const target = targets[((at % sources.length) + Math.floor(at / sources.length)) % targets.length];
    if (source && target && allowed(source, target)) return { source, target };
  }
  return undefined;
}

function coveredBy(
  turns: Iterable<Turn>,
  { sources, targets }: Crossed,
  ring: readonly Seat[],
  coverage: Covered['coverage'],
): Covered {
  let [own, others] = [0, 0];
  for (const turn of turns) {
    const here = turn.filter(({ source, target }) => source.node === target.endpoint?.node).length;
    own += here;
    others += turn.length - here;
  }
  const asking = ring.filter((seat) => seat.sources.length > 0);
  const asked = ring.filter((seat) => seat.targets.length > 0).length;
  const both = asking.filter((seat) => seat.targets.length > 0).length;
  return {
    coverage,
    pairs: own + others,
    sources: sources.length,
    targets: targets.length,
    own: { asked: own, of: both },
    others: { asked: others, of: asking.length * asked - both },
  };
}
