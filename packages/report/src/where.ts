import type { Asked, End } from './asked.ts';

/** One property of a pair, as the end of "all of them …"; undefined where it has none of the kind. */
type Trait = (asked: Asked) => string | undefined;

const startAt: Trait = ({ source }) => `start at ${placed(source)}`;
const goTo: Trait = ({ target }) => `go to ${placed(target)}`;
const startOn: Trait = ({ source }) =>
  source.node ? `start on ${source.node}` : 'start outside the cluster';
const goToNode: Trait = ({ target }) => (target.node ? `go to ${target.node}` : undefined);
const startIn: Trait = ({ source }) => (source.kind === 'pod' ? `start in ${namespace(source)}` : undefined);
const goInto: Trait = ({ target }) =>
  target.kind === 'pod' ? `go to pods of ${namespace(target)}` : undefined;
const within: Trait = ({ source, target }) => {
  if (!source.node || !target.node) return undefined;
  return source.node === target.node ? 'stay on one node' : 'go from one node to another';
};
const stayOn: Trait = ({ source, target }) =>
  source.node && source.node === target.node ? `stay on ${source.node}` : undefined;
const between: Trait = ({ source, target }) =>
  source.node && target.node && source.node !== target.node
    ? `are between ${[source.node, target.node].toSorted().join(' and ')}`
    : undefined;
const endOn =
  (node: string): Trait =>
  ({ source, target }) =>
    node !== '' && [source.node, target.node].includes(node) ? `have an end on ${node}` : undefined;
const protocol: Trait = (asked) => `are ${asked.protocol}`;
const port: Trait = (asked) => `go to port ${asked.port.replace(/^\w+ /, '')}`;

const question: Trait = (asked) => (asked.question === undefined ? undefined : `ask for ${asked.question}`);

/** `x/a on worker`, as the messages have it; a node's own name says where it is. */
function placed({ name, kind, node }: End): string {
  return node === '' || kind === 'node' || kind === 'service' ? name : `${name} on ${node}`;
}

/** A pod's id is `namespace/name`. */
function namespace({ name }: End): string {
  return name.split('/')[0] ?? name;
}

/** What the blamed pairs have in common. */
export interface Shared {
  /** `start on worker2`, `are UDP`; empty where nothing tells them from the others. */
  readonly traits: readonly string[];
  /** How many pairs have all these traits and are right. */
  readonly spared: number;
}

/**
 * What all the blamed pairs share and some others do not. The first question that anybody asks of a failed matrix,
 * so the page answers it.
 */
export function shared(all: readonly Asked[]): Shared {
  const bad = all.filter((asked) => asked.bad);
  const [one, ...rest] = bad;
  if (one === undefined || rest.length === 0) return { traits: [], spared: 0 };
  const holds = (trait: Trait): boolean => {
    const value = trait(one);
    return (
      value !== undefined &&
      rest.every((asked) => trait(asked) === value) &&
      all.some((asked) => trait(asked) !== value)
    );
  };
  /** The narrowest of several that say the same. */
  const first = (...some: Trait[]) => some.filter(holds).slice(0, 1);
  const inside = first(stayOn);
  const from = inside.length > 0 ? first(startAt) : first(startAt, startOn);
  const to = inside.length > 0 ? first(goTo) : first(goTo, goToNode);
  const pair = inside.length === 0 && (from.length === 0 || to.length === 0) ? first(between, within) : [];
  const located = from.length + to.length + inside.length > 0 || pair[0] === between;
  const told = [
    ...(located ? [] : first(endOn(one.source.node), endOn(one.target.node))),
    ...from,
    ...(from[0] === startAt ? [] : first(startIn)),
    ...to,
    ...(to[0] === goTo ? [] : first(goInto)),
    ...inside,
    ...pair,
    ...first(protocol),
    ...first(port),
    ...first(question),
  ];
  const alike = all.filter((asked) => told.every((trait) => trait(asked) === trait(one)));
  return { traits: told.flatMap((trait) => trait(one) ?? []), spared: alike.length - bad.length };
}

/** Blamed pairs that share what no pair has that is right. */
export interface Group {
  readonly traits: readonly string[];
  readonly wrong: number;
}

const kinds: readonly Trait[] = [
  startAt,
  goTo,
  stayOn,
  startOn,
  goToNode,
  startIn,
  goInto,
  between,
  (pair) => endOn(pair.source.node)(pair),
  (pair) => endOn(pair.target.node)(pair),
  within,
  protocol,
  port,
  question,
];

/**
 * Several causes at once: the fewest, largest groups of blamed pairs of which each has one or two traits that no right
 * pair has. Three at most; what is in none of them is left over.
 */
export function groups(all: readonly Asked[]): { readonly groups: readonly Group[]; readonly rest: number } {
  const names: string[] = [];
  const combinations = combiner(names);
  const clean = new Map<number, Asked[]>();
  for (const pair of all.filter(({ bad }) => bad)) {
    for (const key of combinations(pair)) {
      const pairs = clean.get(key);
      if (pairs) pairs.push(pair);
      else clean.set(key, [pair]);
    }
  }
  for (const pair of all.filter(({ bad }) => !bad)) {
    for (const key of combinations(pair)) clean.delete(key);
  }
  const left = new Set(all.filter(({ bad }) => bad));
  const found: Group[] = [];
  while (found.length < 3 && left.size > 0) {
    const [best] = [...clean]
      .map(([key, pairs]) => ({ key, pairs: pairs.filter((pair) => left.has(pair)) }))
      // Of equal ones the one that says it in fewer words.
      .toSorted((a, b) => b.pairs.length - a.pairs.length || a.key - b.key);
    if (best === undefined || best.pairs.length < 2) break;
    for (const pair of best.pairs) left.delete(pair);
    const traits = [Math.floor(best.key / many), best.key % many].flatMap((one) => names[one] || []);
    found.push({ traits, wrong: weigh(best.pairs) });
  }
  return { groups: found, rest: weigh([...left]) };
}

/** More than there are different traits. */
const many = 1 << 24;

/**
 * Every trait of a pair and every two of them, each as one number, because a matrix of 100 pods has a million of them:
 * the first one's place among `names`, times {@link many}, and that of the second, which a single trait has not.
 */
function combiner(names: string[]): (pair: Asked) => readonly number[] {
  // Place 0 stays empty: a single trait is smaller than any two, and so is preferred.
  names.push('');
  const places = new Map<string, number>();
  const placeOf = (trait: string) => {
    const known = places.get(trait) ?? names.push(trait) - 1;
    places.set(trait, known);
    return known;
  };
  return (pair) => {
    // Once each: both ends may be on one node.
    const traits = [...new Set(kinds.flatMap((kind) => kind(pair) ?? []))].map(placeOf);
    return traits.flatMap((one, at) => [one, ...traits.slice(at + 1).map((other) => one * many + other)]);
  };
}

function weigh(pairs: readonly Asked[]): number {
  return pairs.reduce((sum, { wrong }) => sum + wrong, 0);
}
