/** What went wrong, as a word that stays the same. */
export type KindErrorCode =
  | 'ABORTED'
  | 'BAD_NAME'
  | 'CGROUP_V1'
  | 'COMMAND_MISSING'
  | 'DEADLINE'
  | 'DISK_FULL'
  | 'DOCKER_UNREACHABLE'
  | 'FAILED'
  | 'IMAGE_MISSING'
  | 'INOTIFY_LIMIT'
  | 'LEFT_BEHIND'
  | 'NAME_TAKEN'
  | 'NO_SUCH_NODE'
  | 'PORT_IN_USE';

interface KindErrorFacts {
  readonly code: KindErrorCode;
  /** The command as it was run, where there was one. */
  readonly argv?: readonly string[] | undefined;
  readonly exitCode?: number | undefined;
  /** The end of what the command printed. */
  readonly lines?: readonly string[] | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Every failure of this package: what happened (message), the command and its output, what to do (hint). */
export class KindError extends Error {
  readonly code: KindErrorCode;
  readonly argv: readonly string[] | undefined;
  readonly exitCode: number | undefined;
  readonly lines: readonly string[];
  readonly hint: string | undefined;

  constructor(message: string, facts: KindErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'KindError';
    this.code = facts.code;
    this.argv = facts.argv;
    this.exitCode = facts.exitCode;
    this.lines = facts.lines ?? [];
    this.hint = facts.hint;
  }
}
