import { type Endpoint, exitCode, type Milliseconds, NetproofError } from '@netproof/core';
import type { CommandStream } from '@netproof/kube';
import type { Order, Report } from './agent/wire.ts';
import type { Timing } from './reach.ts';

/** Opens a way to the agent of an endpoint: the `pipe` command in its container, however that is reached. */
export type Open = (
  endpoint: Endpoint,
  onLine: (line: string) => void,
  deadline: Milliseconds,
) => Promise<CommandStream>;

/** One control stream that is open and whose agent has said hello. */
export interface Link {
  /** Which life of the agent's process is at the other end. */
  readonly boot: string;
  say(order: Order): void;
  /** Resolves with the reason when the stream is over, also when the agent has only fallen silent. */
  readonly lost: Promise<string>;
  close(): void;
}

/**
 * Opens a stream to an agent and keeps it alive with heartbeats.
 *
 * @throws NetproofError `AGENT_UNREACHABLE` when there is no hello within the deadline, or before the signal
 */
export async function connect(
  endpoint: Endpoint,
  open: Open,
  timing: Timing,
  deadline: Milliseconds,
  onReport: (report: Report) => void,
  signal: AbortSignal,
): Promise<Link> {
  const until = performance.now() + deadline;
  const hello = Promise.withResolvers<Extract<Report, { type: 'hello' }>>();
  const lost = Promise.withResolvers<string>();
  let unheard = 0;
  const hear = (line: string) => {
    unheard = 0;
    const report = parse(line);
    if (report === undefined) lost.resolve(`its agent said ${line.slice(0, 80)}`);
    else if (report.type === 'hello') hello.resolve(report);
    else onReport(report);
  };
  const stream = await open(endpoint, hear, deadline);
  const say = (order: Order) => stream.write(JSON.stringify(order));
  void stream.closed.then(({ reason }) => lost.resolve(reason));
  // Nobody waits for it any more, and others wait for its turn to end.
  const abort = () => lost.resolve('closed');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  say({ type: 'open', heartbeat: timing.heartbeat, silence: timing.streamSilence });

  const late = setTimeout(
    () => lost.resolve(`no word from its agent within ${(deadline / 1000).toFixed(1)} s`),
    until - performance.now(),
  );
  const first = await Promise.race([hello.promise, lost.promise]);
  clearTimeout(late);
  signal.removeEventListener('abort', abort);
  if (typeof first === 'string' || first.id !== endpoint.id) {
    stream.close();
    throw unreachable(endpoint, typeof first === 'string' ? first : `its agent says that it is ${first.id}`);
  }

  const beating = setInterval(() => {
    // ticks are counted, not time: a standstill of our own process must not look like the agent's silence
    unheard += 1;
    if (unheard * timing.heartbeat >= timing.streamSilence) {
      lost.resolve(`its agent has been silent for ${timing.streamSilence / 1000} s`);
    } else say({ type: 'beat' });
  }, timing.heartbeat);
  const over = lost.promise.then((reason) => {
    clearInterval(beating);
    stream.close();
    return reason;
  });
  return { boot: first.boot, say, lost: over, close: () => lost.resolve('closed') };
}

function parse(line: string): Report | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreachable({ id }: Endpoint, why: string): NetproofError {
  return new NetproofError(`no control stream to ${id}: ${why}`, {
    code: 'AGENT_UNREACHABLE',
    exit: exitCode.environment,
    hint: 'see the log of its container',
  });
}
