import { setTimeout as after } from 'node:timers/promises';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { exitCode, explain, type Milliseconds, NetproofError } from '@netproof/core';
import type { ClusterConfig } from './api.ts';

/** A container that commands run in. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface CommandPlan {
  readonly at: PodContainer;
  readonly argv: readonly string[];
  readonly stdin: boolean;
  /** Within it the API server must have opened the stream. */
  readonly deadline: Milliseconds;
  readonly onStdout: (data: Buffer) => void;
  readonly onStderr: (data: Buffer) => void;
}

/** How a command ended: by itself, or because the way to it broke. */
export type Ending =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'broken'; readonly reason: string };

export interface Command {
  /** Does nothing once the stream is closed. */
  write(data: string): void;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Cuts the stream; {@link ended} follows. */
  close(): void;
}

/** Channels of the API's remote command protocol; the first byte of each frame. */
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;

/** What is used of the `ws` socket that client-node hands over; its own type needs packages that it lacks. */
interface Socket {
  onclose: (event: { readonly code: number; readonly reason: string }) => void;
  readonly readyState: number;
  readonly OPEN: number;
  send(frame: Buffer): void;
  terminate(): void;
}

/**
 * Starts a command in a container. client-node says when the socket opens and nothing of a later loss, so
 * the end is told here: by the status frame or by the socket's close, whichever comes first.
 *
 * @throws NetproofError `EXEC_NOT_STARTED`, also when the stream is not open within the deadline
 */
export async function start(config: ClusterConfig, plan: CommandPlan): Promise<Command> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
  const connecting: Promise<Socket> = new Exec(config).handler.connect(pathOf(plan), null, (number, data) => {
    if (number === channel.stdout) plan.onStdout(data);
    else if (number === channel.stderr) plan.onStderr(data);
    else if (number === channel.status) end(endingOf(data.toString('utf8')));
    return true;
  });
  const socket = await opened(connecting, plan);
  socket.onclose = ({ code, reason }) =>
    end({
      kind: 'broken',
      reason: `the stream closed without a status (${[code, reason].filter(Boolean).join(' ')})`,
    });
  return {
    write: (data) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(Buffer.concat([Buffer.of(channel.stdin), Buffer.from(data)]));
    },
    ended,
    close: () => socket.terminate(),
  };
}

async function opened(connecting: Promise<Socket>, plan: CommandPlan): Promise<Socket> {
  const decided = new AbortController();
  const late = after(plan.deadline, undefined, { signal: decided.signal });
  late.catch(() => {});
  try {
    const socket = await Promise.race([connecting, late]);
    if (socket !== undefined) return socket;
  } catch (cause) {
    throw notStarted(plan, said(cause));
  } finally {
    decided.abort();
  }
  connecting.then((socket) => socket.terminate()).catch(() => {}); // it may still open, for nobody
  throw notStarted(plan, `no stream opened within ${(plan.deadline / 1000).toFixed(1)} s`);
}

function pathOf({ at, argv, stdin }: CommandPlan): string {
  const query = new URLSearchParams({
    container: at.container,
    stdin: String(stdin),
    stdout: 'true',
    stderr: 'true',
  });
  for (const argument of argv) query.append('command', argument);
  return `/api/v1/namespaces/${at.namespace}/pods/${at.pod}/exec?${query}`;
}

/** Reads the status frame: an exit code, or why the runtime could not run the command. */
export function endingOf(frame: string): Ending {
  const { status, message, details }: V1Status = JSON.parse(frame);
  if (status === 'Success') return { kind: 'exited', exitCode: 0 };
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return { kind: 'exited', exitCode: Number(code) };
  return { kind: 'broken', reason: message ?? frame };
}

/** client-node rejects with the `error` event of `ws`, which is no Error but has a message. */
function said(thrown: unknown): string {
  if (thrown instanceof Error) return explain(thrown);
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}

/** Of a script its first line is enough to know it by. */
export function commandLine({ at, argv }: Pick<CommandPlan, 'at' | 'argv'>): string {
  const [line = '', ...more] = argv.join(' ').split('\n');
  return `${line}${more.length > 0 ? ' …' : ''} in ${at.namespace}/${at.pod} (${at.container})`;
}

function notStarted(plan: CommandPlan, why: string): NetproofError {
  return new NetproofError(`${commandLine(plan)} did not start: ${why}`, {
    code: 'EXEC_NOT_STARTED',
    exit: exitCode.environment,
    hint: `kubectl -n ${plan.at.namespace} describe pod ${plan.at.pod}`,
  });
}
