import {
  bounds,
  type Connections,
  type Endpoint,
  exitCode,
  type Microseconds,
  type Milliseconds,
  NetproofError,
} from '@netproof/core';
import type { CommandStream } from '@netproof/kube';
import { type ArmPlan, armCommand } from './command.ts';
import { type Noise, noiseOf } from './noise.ts';

/** Runs a command in an endpoint's container. */
export type Open = (
  endpoint: Endpoint,
  argv: readonly string[],
  onLine: (line: string) => void,
  deadline: Milliseconds,
) => Promise<CommandStream>;

/** Requests over one kind of connections, up to the first that was lost. */
export interface Asked {
  readonly times: readonly Microseconds[];
  /** What came instead of the server's answer, in words. */
  readonly lost?: string;
}

/** What one arm measured in one of its turns; see turns.js. */
export type Turn = { readonly turn: number } & Readonly<Record<Connections, Asked>>;

/** One k6 at work. */
export interface Running {
  readonly turns: readonly Turn[];
  /** Resolves when it has ended, whatever ended it. */
  readonly over: Promise<void>;
  /** Ends it and gives the noise from its start to its end. @throws NetproofError `LOAD_FAILED` */
  stop(): Promise<Noise>;
  /** Lets it go without a word. */
  drop(): void;
}

/** Starts k6 at an endpoint. @throws NetproofError `EXEC_NOT_STARTED` */
export async function startArm(
  endpoint: Endpoint,
  plan: ArmPlan,
  open: Open,
  onTurn: () => void,
): Promise<Running> {
  const turns: Turn[] = [];
  const readings: string[] = [];
  const words: string[] = [];
  const hear = (line: string) => {
    if (line.startsWith('noise ')) readings.push(line);
    else if (line.startsWith('{"turn"')) {
      turns.push(JSON.parse(line));
      onTurn();
    } else if (line.trim() !== '') words.push(line.trim());
  };
  const stream = await open(endpoint, await armCommand(plan), hear, bounds.agentAnswer);
  let asked = false;
  const over = stream.closed.then(() => {});
  const stop = async () => {
    asked = readings.length < 2;
    stream.write('stop');
    const late = setTimeout(() => stream.close(), bounds.agentAnswer);
    const { reason } = await stream.closed;
    clearTimeout(late);
    const [before, after] = readings;
    if (asked && before !== undefined && after !== undefined) return noiseOf(before, after);
    throw new NetproofError(`k6 at ${endpoint.id} did not do its work: ${[reason, ...words].join('; ')}`, {
      code: 'LOAD_FAILED',
      exit: exitCode.environment,
    });
  };
  return { turns, over, stop, drop: () => stream.close() };
}
