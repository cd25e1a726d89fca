import { bounds, type CommandOutput, exitCode, type Milliseconds, NetproofError } from '@netproof/core';
import type { ClusterConfig } from './api.ts';
import { commandLine, type PodContainer, start } from './command.ts';
import { Lines } from './lines.ts';

/** A command that runs and is spoken to in lines. */
export interface CommandStream {
  /** Sends one line, given without its line end. After the close it does nothing. */
  write(line: string): void;
  /** Resolves, never rejects, when the command or the way to it has ended. */
  readonly closed: Promise<{ readonly reason: string }>;
  close(): void;
}

/**
 * Runs one command to its end. A command that exits with another code than 0 is a result, not an error.
 *
 * @throws NetproofError `EXEC_NOT_STARTED`, `EXEC_LOST` when the way to the command broke, `EXEC_LATE`
 */
export async function exec(
  config: ClusterConfig,
  at: PodContainer,
  argv: readonly string[],
  deadline: Milliseconds = bounds.agentAnswer,
): Promise<CommandOutput> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const until = performance.now() + deadline;
  const command = await start(config, {
    at,
    argv,
    stdin: false,
    deadline,
    onStdout: (data) => stdout.push(data),
    onStderr: (data) => stderr.push(data),
  });
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), until - performance.now());
  const ending = await Promise.race([command.ended, late.promise]);
  clearTimeout(timer);
  command.close();
  if (ending?.kind === 'exited') {
    return {
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
      exitCode: ending.exitCode,
    };
  }
  const why = ending?.reason ?? `it did not end within ${deadline / 1000} s`;
  throw new NetproofError(`${commandLine({ at, argv })}: ${why}`, {
    code: ending === undefined ? 'EXEC_LATE' : 'EXEC_LOST',
    exit: exitCode.environment,
    hint: `kubectl -n ${at.namespace} describe pod ${at.pod}`,
  });
}

/**
 * Starts a command and speaks with it in lines until one side closes.
 *
 * @param onLine called for each line of its standard output, from the first on
 * @param deadline within which the stream must be open
 * @throws NetproofError `EXEC_NOT_STARTED`
 */
export async function openStream(
  config: ClusterConfig,
  at: PodContainer,
  argv: readonly string[],
  onLine: (line: string) => void,
  deadline: Milliseconds = bounds.agentAnswer,
): Promise<CommandStream> {
  const lines = new Lines(onLine);
  let lastWords = '';
  const command = await start(config, {
    at,
    argv,
    stdin: true,
    deadline,
    onStdout: (data) => lines.push(data),
    onStderr: (data) => {
      lastWords = (lastWords + data.toString()).slice(-500);
    },
  });
  const closed = command.ended.then((ending) => {
    command.close();
    const why = ending.kind === 'exited' ? `it exited with ${ending.exitCode}` : ending.reason;
    return { reason: [why, lastWords.trim()].filter(Boolean).join(': ') };
  });
  return { write: (line) => command.write(`${line}\n`), closed, close: () => command.close() };
}
