import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { exitCode, NetproofError } from '@netproof/core';

/** How long a process group may take to end when it is asked to, before it is killed. */
const endBound = 5_000;

/** How many of a tool's last lines go into the error. */
const tailLines = 8;

export type Argv = readonly [string, ...string[]];

export interface ToolOptions {
  readonly cwd?: string;
  /** Over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is given each line of standard error. */
  readonly onLine?: (line: string) => void;
}

/** A tool that runs. Who starts it reads `stdout`, ends `stdin` and awaits `done`. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Rejects with `TOOL_FAILED` unless it exits with 0, and with the signal's reason when that ended it. */
  readonly done: Promise<void>;
  /** Ends it, as a step that was planned. */
  stop(): Promise<void>;
}

/** Runs programs for one component: output into the log, ended with all their children by the signal. */
export class Tools {
  /** Writes a line among their output. */
  readonly log: (line: string) => void;
  readonly #signal: AbortSignal;
  readonly #env: Readonly<Record<string, string>>;

  constructor(log: (line: string) => void, signal: AbortSignal, env: Readonly<Record<string, string>> = {}) {
    this.log = log;
    this.#signal = signal;
    this.#env = env;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Runs a program to its end and returns its standard output. */
  async run(argv: Argv, options: ToolOptions = {}): Promise<string> {
    const running = this.start(argv, options);
    running.stdin.end();
    const [output] = await Promise.all([text(running.stdout), running.done]);
    return output;
  }

  start(argv: Argv, options: ToolOptions = {}): Running {
    this.#signal.throwIfAborted();
    this.log(`$ ${argv.join(' ')}`);
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...this.#env, ...options.env },
      stdio: 'pipe',
      // Its own process group, so that its children can be ended with it.
      detached: true,
    });
    // A tool that ends early breaks the pipe into it; its exit code says why.
    child.stdin.on('error', () => {});
    const tail: string[] = [];
    const lines = eachLine(child.stderr, (line) => {
      this.log(line);
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      options.onLine?.(line);
    });
    let stopped = false;
    const end = () => endGroup(child);
    this.#signal.addEventListener('abort', end, { once: true });
    const done = (async () => {
      try {
        const [code, by] = await exited(child, argv);
        // Whatever it left running in its group goes with it.
        signalGroup(child, 'SIGKILL');
        if (stopped) return;
        this.#signal.throwIfAborted();
        await lines;
        if (code !== 0) throw toolFailed(argv, code === null ? `ended by ${by}` : `exit code ${code}`, tail);
      } finally {
        this.#signal.removeEventListener('abort', end);
      }
    })();
    done.catch(() => {});
    const stop = async () => {
      stopped = true;
      end();
      // However it ended: who stops it wants no more of it.
      await done.catch(() => {});
    };
    return { stdin: child.stdin, stdout: child.stdout, done, stop };
  }
}

/**
 * Gives a tool its input and awaits its end. One that ends before it has read all, as tar does at the mark of its
 * archive's end, says by its exit code whether that matters.
 */
export async function fed(
  running: Running,
  ...input: readonly [Readable, ...NodeJS.ReadWriteStream[]]
): Promise<void> {
  pipeline([...input, running.stdin]).catch(() => {});
  await running.done;
}

async function exited(child: ChildProcess, argv: Argv): Promise<[number | null, string | null]> {
  try {
    return (await once(child, 'exit')) as [number | null, string | null];
  } catch (cause) {
    throw toolFailed(argv, 'could not be started', [], cause);
  }
}

function toolFailed(argv: Argv, how: string, tail: readonly string[], cause?: unknown): NetproofError {
  const command = argv.length > 6 ? `${argv.slice(0, 6).join(' ')} …` : argv.join(' ');
  return new NetproofError([`${basename(argv[0])}: ${how} (${command})`, ...tail].join('\n  '), {
    code: 'TOOL_FAILED',
    exit: exitCode.environment,
    cause,
  });
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), endBound);
  child.once('exit', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  await finished(stream).catch(() => {});
  if (rest !== '') take(rest);
}
