import { styleText } from 'node:util';
import { type Fact, type Group, isReady, type State } from './fact.ts';

const signs: Readonly<Record<State, string>> = {
  there: styleText('green', '✓'),
  note: styleText('yellow', '!'),
  lacks: styleText('red', '✗'),
  unknown: styleText('yellow', '?'),
};

/** For people: a line a fact; below one that lacks, what that costs and what cures it. */
export function render(groups: readonly Group[]): string {
  const facts = groups.flatMap((group) => group.facts);
  const blocks = groups.map(({ title, facts }) => {
    const width = Math.max(...facts.map(({ name }) => name.length));
    return [styleText('bold', title), ...facts.flatMap((fact) => linesOf(fact, width))].join('\n');
  });
  return [...blocks, conclusion(groups, facts)].join('\n\n');
}

function linesOf({ name, state, value, neededBy, cost, cure }: Fact, width: number): string[] {
  const by = neededBy === undefined ? '' : styleText('dim', `  (${neededBy})`);
  const below = state === 'there' ? [] : [cost, cure && `→ ${cure}`].filter((line) => line !== undefined);
  return [
    `  ${signs[state]} ${name.padEnd(width)}  ${value}${by}`,
    ...below.map((line) => `    ${' '.repeat(width)}  ${line}`),
  ];
}

function conclusion(groups: readonly Group[], facts: readonly Fact[]): string {
  const count = (state: State) => facts.filter((fact) => fact.state === state).length;
  const also = `${count('note')} noted, ${count('unknown')} not determined`;
  if (isReady(groups)) return `${signs.there} netproof can run here; ${also}`;
  return `${signs.lacks} netproof cannot run here: ${count('lacks')} lacking; ${also}`;
}
