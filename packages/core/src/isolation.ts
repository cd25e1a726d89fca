import type { Milliseconds } from './bounds.ts';
import type { ObjectName } from './ports.ts';

export type Labels = Readonly<Record<string, string>>;

/** What a check of isolation makes of the probes' namespaces: these NetworkPolicies and no others, these labels more. */
export interface IsolationState {
  /** Whole objects, in the probes' namespaces. */
  readonly policies: readonly ObjectName[];
  /** Labels of pods over their own, by the ids of their endpoints: `x/a`. */
  readonly podLabels?: Readonly<Record<string, Labels>>;
  /** Labels of the probes' namespaces over their own, by their names: `netproof-x`. */
  readonly namespaceLabels?: Readonly<Record<string, Labels>>;
}

/** When a change went to the API server, and when the last part of it was accepted; by `performance.now()`. */
export interface Changed {
  readonly sentAt: Milliseconds;
  readonly acceptedAt: Milliseconds;
}

/** The policies of a cluster, for checks that judge them; nothing else of it can be changed through this. */
export interface Isolation {
  /** Labels that a namespace of the probes has where nothing changed them. */
  namespaces(): Promise<Readonly<Record<string, Labels>>>;
  /**
   * Only what differs from the state before is changed. Resolves when the API has accepted it, not when it is enforced.
   *
   * @returns when it went out; where nothing differs, when the last change did
   */
  set(state: IsolationState): Promise<Changed>;
  /** Writes what one step of a check came to, for its report. */
  tell(step: IsolationStep): void;
}

/** For faults in the expectation: what is applied is changed on its way, and whoever judges does not know. */
export interface Tampering {
  /**
   * Gives each policy through `change` before it is applied, until it is called off.
   *
   * @returns how many policies were given through that came out different
   */
  tamper(change: (policy: ObjectName) => ObjectName): { changed(): number; stop(): void };
  /**
   * Makes each change of policies and labels so much later than whoever makes it is told, until it is called off.
   *
   * @returns how many came late; `stop` resolves when none is on its way any more
   */
  delay(by: Milliseconds): { changed(): number; stop(): Promise<void> };
  /**
   * Takes all policies away for so long before each change from some to others; whoever makes it is told that it is made.
   *
   * @returns how often they were; `stop` resolves when all are there again
   */
  flush(by: Milliseconds): { changed(): number; stop(): Promise<void> };
  /**
   * Takes all policies away so long after each change, unless the next one comes before.
   *
   * @returns how often they were
   */
  lapse(after: Milliseconds): { changed(): number; stop(): void };
}

/** What one step of a check of isolation came to. */
export interface IsolationStep {
  readonly title: string;
  /** Where the probes were, in the order of rows and columns. */
  readonly endpoints: readonly { readonly id: string; readonly node: string }[];
  /**
   * A letter for each ordered pair, row by row, the source's row first: `.` allowed, `X` denied, `?` left open by the
   * API or not known.
   */
  readonly grids: readonly {
    readonly title: string;
    readonly expected: string;
    readonly observed: string;
  }[];
  /** How many pairs were not as expected in each sample, and when it ended, counted from when the change was sent. */
  readonly curve: readonly { readonly ms: Milliseconds; readonly wrong: number; readonly unknown: number }[];
  readonly policies: readonly ObjectName[];
  readonly podLabels: Readonly<Record<string, Labels>>;
  readonly namespaceLabels: Readonly<Record<string, Labels>>;
  /** From the change to the end of the last sample. */
  readonly ms: Milliseconds;
}
