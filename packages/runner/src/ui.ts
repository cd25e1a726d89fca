import type { Result } from '@netproof/core';

/** A result, for who does not only print it. */
export interface Told {
  readonly event: 'result';
  readonly check: string;
  readonly cluster: string;
  /** In a proof the fault that was in place, or `none`. */
  readonly fault?: string;
  readonly result: Result;
  /**
   * `red` is a failure: a check that failed, came to an error, or passed though the cluster records that it fails, in a
   * proof a cell of the kill matrix that is not as expected; `known` failed as the cluster records it; `open` is
   * undecided; all else is `good`.
   */
  readonly state: 'good' | 'known' | 'open' | 'red';
  readonly ms: number;
  /** How many facts were judged. */
  readonly judged: number;
  /** What the cluster records of a result that fails or passes unexpectedly. */
  readonly note?: string;
  /** Why it does not apply. */
  readonly reason?: string;
  readonly findings: readonly string[];
  /** The folder of what was kept, from where the command was called. */
  readonly evidence?: string;
  /** The command that repeats it. */
  readonly again: string;
}

/** A line that stays; of a result with what it says. */
export type Line = (text: string, told?: Told) => void;

/** How a run tells what it does. The CLI prints it; a test may collect it. */
export interface Ui {
  /** A part of the work: shown while it goes on, with its time when it has ended. `say` shows a detail. */
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  readonly line: Line;
}
