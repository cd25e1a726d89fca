/**
 * `there`: as a run needs it. `note`: it lacks, and a run does without it or mends it. `lacks`: it lacks, and a run
 * would end with exit code 3. `unknown`: it could not be determined, and is not to be taken for there.
 */
export type State = 'there' | 'note' | 'lacks' | 'unknown';

/** One thing that was looked at. */
export interface Fact {
  readonly name: string;
  readonly state: State;
  /** What was found, in words: `20.10.24, started by netproof`, `no answer within 2.2 s`. */
  readonly value: string;
  /** What needs it. */
  readonly neededBy?: string;
  /** What its lack costs, or what netproof does about it. */
  readonly cost?: string;
  /** What cures the lack: a command where one does. */
  readonly cure?: string;
}

export interface Group {
  readonly title: string;
  readonly facts: readonly Fact[];
}

type More = Pick<Fact, 'neededBy' | 'cost' | 'cure'>;

export const there = (name: string, value: string, more: More = {}): Fact => ({
  name,
  state: 'there',
  value,
  ...more,
});
export const note = (name: string, value: string, more: More): Fact => ({
  name,
  state: 'note',
  value,
  ...more,
});
export const lacks = (name: string, value: string, more: More & { readonly cure: string }): Fact => ({
  name,
  state: 'lacks',
  value,
  ...more,
});
export const unknown = (name: string, why: string, more: More = {}): Fact => ({
  name,
  state: 'unknown',
  value: why,
  ...more,
});

/** Whether `netproof run` could start here, as far as was seen. */
export function isReady(groups: readonly Group[]): boolean {
  return groups.every(({ facts }) => facts.every(({ state }) => state !== 'lacks'));
}
