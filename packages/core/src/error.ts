/**
 * Exit codes of the command, one per kind of ending.
 * A code says who has to act: the network's owner (1), the caller (2), the machine's owner (3), us (4).
 */
export const exitCode = {
  pass: 0,
  checkFailed: 1,
  usage: 2,
  environment: 3,
  defect: 4,
  undecided: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Worst first: what hides the most of the truth. */
const worst: readonly ExitCode[] = [
  exitCode.interrupted,
  exitCode.defect,
  exitCode.environment,
  exitCode.usage,
  exitCode.checkFailed,
  exitCode.undecided,
  exitCode.pass,
];

/** The exit code of several runs together. */
export function worstExit(exits: readonly number[]): ExitCode {
  return worst.find((code) => exits.includes(code)) ?? exitCode.defect;
}

interface ErrorFacts {
  /** Stable and greppable, in capitals: `DISK_TOO_SMALL`. */
  readonly code: string;
  readonly exit: Exclude<ExitCode, 0>;
  /** What the reader can do now; a command where one cures it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An ending that netproof explains: what happened (message), what to do (hint), how to exit (exit). */
export class NetproofError extends Error {
  readonly code: string;
  readonly exit: Exclude<ExitCode, 0>;
  readonly hint: string | undefined;

  constructor(message: string, facts: ErrorFacts) {
    super(message, { cause: facts.cause });
    this.name = 'NetproofError';
    this.code = facts.code;
    this.exit = facts.exit;
    this.hint = facts.hint;
  }
}

/** How work ends after Ctrl-C. */
export function interrupted(message = 'interrupted'): NetproofError {
  return new NetproofError(message, { code: 'INTERRUPTED', exit: exitCode.interrupted });
}

/** The message of anything that was thrown, with the messages of its causes. */
export function explain(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message}: ${explain(thrown.cause)}`;
}
