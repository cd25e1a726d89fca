import type { JournalCell } from '@netproof/core';
import type { Outcome } from './model.ts';
import { squareOf } from './words.ts';

/** Names a probe inside one matrix. */
export function keyOf({ source, target, port }: JournalCell): string {
  return `${source} ${target} ${port.protocol} ${port.port}`;
}

/** The probes that a check's findings blame. */
export interface Blame {
  readonly keys: ReadonlySet<string>;
  /** How many the findings speak of in all; a finding names 1000 at most. */
  readonly of: number;
}

/**
 * Which probes the failures blame. A finding that was too long to be written out is completed where that is safe:
 * if exactly as many probes as it counts look like those that it names.
 */
export function blamed({ findings, cells }: Outcome): Blame {
  const keys = new Set<string>();
  let of = 0;
  for (const finding of findings) {
    if (finding.kind !== 'fail' || finding.cells === undefined) continue;
    const named = finding.cells;
    const total = finding.of ?? named.length;
    const looks = new Set(named.map(squareOf));
    const alike = cells.filter((cell) => looks.has(squareOf(cell)));
    for (const cell of alike.length === total ? alike : named) keys.add(keyOf(cell));
    of += total;
  }
  return { keys, of };
}

const traits: readonly (readonly [string, (cell: JournalCell) => string | undefined])[] = [
  ['start on', (cell) => cell.sourceNode || undefined],
  ['go to', (cell) => cell.targetNode],
  ['start at', (cell) => cell.source],
  ['go to', (cell) => cell.target],
  ['are', (cell) => cell.port.protocol],
  ['go to port', (cell) => String(cell.port.port)],
];

/**
 * What all the blamed probes share and some others do not: `start on worker`, `are UDP`. The first question that
 * anybody asks of a failed matrix, so the page answers it.
 */
export function shared(cells: readonly JournalCell[], { keys, of }: Blame): readonly string[] {
  const bad = cells.filter((cell) => keys.has(keyOf(cell)));
  const [first] = bad;
  if (first === undefined || bad.length < 2 || keys.size < of) return [];
  return traits.flatMap(([words, trait]) => {
    const value = trait(first);
    const all = value !== undefined && bad.every((cell) => trait(cell) === value);
    const onlyThese = cells.some((cell) => trait(cell) !== value);
    return all && onlyThese ? [`${words} ${value}`] : [];
  });
}
