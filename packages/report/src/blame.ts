import { type JournalCell, portName } from '@netproof/core';
import type { Outcome } from './model.ts';
import { squareOf } from './words.ts';

/** Names a probe inside one check. */
export function keyOf({ source, target, address, port }: JournalCell): string {
  return `${source} ${target} ${address} ${portName(port)}`;
}

type NamedSample = Pick<Outcome['samples'][number], 'source' | 'target' | 'port'>;

/** Names a sample inside one check. */
export function sampleKey({ source, target, port }: NamedSample): string {
  return `${source} ${target} ${port.protocol} ${port.port}`;
}

type Question = Pick<Outcome['lookups'][number], 'source' | 'server' | 'transport' | 'name' | 'type'>;

/** Names a lookup inside one check. */
export function lookupKey({ source, server, transport, name, type }: Question): string {
  return `${source} ${server} ${transport} ${name} ${type}`;
}

type FindingCell = NonNullable<Outcome['findings'][number]['cells']>[number];

/** The probes, samples and lookups that a check's findings blame. */
export interface Blame {
  readonly cells: ReadonlyMap<string, FindingCell>;
  readonly samples: ReadonlySet<string>;
  /** What is wrong with each, in words. */
  readonly lookups: ReadonlyMap<string, string>;
  /** How many more probes the findings speak of without naming them; a finding names 1000 at most. */
  readonly unnamed: number;
}

/**
 * What the failures blame. A finding that was too long to be written out is completed where that is safe: if exactly
 * as many probes as it counts look like those that it names.
 */
export function blamed({ findings, cells, samples, result }: Outcome): Blame {
  const named = new Map<string, FindingCell>();
  const fails = findings.filter(({ kind }) => kind === 'fail');
  let unnamed = 0;
  for (const { cells: shown, of } of fails) {
    if (shown === undefined) continue;
    const total = of ?? shown.length;
    const alike = total > shown.length ? lookingLike(shown, cells) : [];
    if (alike.length === total) for (const cell of alike) named.set(keyOf(cell), cell);
    else unnamed += total - shown.length;
    // Last, because these have words of their own.
    for (const cell of shown) named.set(keyOf(cell), cell);
  }
  const sampled = fails.flatMap(({ sample }) => (sample ? [sampleKey(sample)] : []));
  // A failure that names nothing blames the samples with losses.
  const lossy = samples.filter(
    ({ verdicts: { connected: _, 'probe-error': __, ...lost } }) => Object.keys(lost).length > 0,
  );
  const guessed = result === 'fail' && named.size === 0 && sampled.length === 0 ? lossy.map(sampleKey) : [];
  const lookups = fails
    .flatMap(({ lookups = [] }) => lookups)
    .map((one) => [lookupKey(one), one.text] as const);
  return { cells: named, samples: new Set([...sampled, ...guessed]), lookups: new Map(lookups), unnamed };
}

function lookingLike(shown: readonly FindingCell[], cells: readonly JournalCell[]): readonly JournalCell[] {
  const looks = new Set(shown.map(squareOf));
  return cells.filter((cell) => looks.has(squareOf(cell)));
}
