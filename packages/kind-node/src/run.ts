import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { $, type ProcessOutput, quote } from 'zx/core';
import { diagnose } from './diagnose.ts';
import { KindError } from './error.ts';

/** How long a command may take to end after SIGTERM before it gets SIGKILL, in milliseconds. */
const grace = 2_000;
/** How many lines of output an error carries. */
const tail = 30;
/** A line of the Go stack that kubeadm prints below its error: a function, or its file. */
const stackFrame = /^\t\S+\.go:\d+$|^[\w./-]+\.(\(\*?\w+\)\.)?[\w.]+$/;

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Written to its standard input, which is empty without it. */
  readonly input?: string | Buffer | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Called with the id of its process group. */
  readonly onStart?: ((group: number) => void) | undefined;
}

/**
 * Runs a program with exactly these arguments and waits for its end, whatever its exit code.
 * It gets a process group of its own, so that a Ctrl-C in the terminal reaches only us and we decide.
 * @throws KindError COMMAND_MISSING, ABORTED, DEADLINE
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<CommandOutput> {
  const { env, signal, input } = options;
  if (signal.aborted) throw interrupted(argv, signal, []);
  const shell = $({
    quote,
    env,
    quiet: true,
    verbose: false,
    nothrow: true,
    detached: true,
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(input ? { input } : {}),
    // zx would hand its line to a shell; the arguments go to the program as they are instead.
    spawn: ((_line: string, _none: readonly string[], given: object) =>
      start(argv, given, options)) as typeof spawn,
  });
  const output = await shell`${argv}`;
  if (signal.aborted) throw interrupted(argv, signal, lastLines(output));
  if (output.cause) throw notStarted(argv, output.cause);
  return { stdout: output.stdout, stderr: output.stderr, exitCode: output.exitCode ?? 128 };
}

/** As {@link run}, and any exit code but 0 rejects with what is known of the cause. */
export async function runOrThrow(argv: readonly string[], options: RunOptions): Promise<CommandOutput> {
  const output = await run(argv, options);
  if (output.exitCode !== 0) throw failed(argv, output);
  return output;
}

/** The error of a command that ended with this output. */
export function failed(argv: readonly string[], { exitCode, stdout, stderr }: CommandOutput): KindError {
  const text = `${stdout}\n${stderr}`;
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !stackFrame.test(line));
  const said =
    lines.find((line) => line.startsWith('ERROR:')) ??
    lines.at(-1) ??
    `no output; it was: ${argv.join(' ').slice(0, 300)}`;
  return new KindError(`${title(argv)} exited with ${exitCode}: ${said}`, {
    argv,
    exitCode,
    lines: lines.slice(-tail),
    ...diagnose(text),
  });
}

function start(
  argv: readonly string[],
  given: object,
  { signal, onLine, onStart }: RunOptions,
): ChildProcess {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { ...given, shell: false, signal: undefined });
  if (child.pid !== undefined) onStart?.(child.pid);
  // A program may end without reading its input; its exit code says whether that matters.
  child.stdin?.on('error', () => {});
  if (onLine) {
    for (const input of [child.stdout, child.stderr]) {
      if (input) createInterface({ input }).on('line', onLine);
    }
  }
  let hard: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    hard = setTimeout(() => child.kill('SIGKILL'), grace);
    // What it started may live on and hold its output open; nobody reads that any more.
    child.once('exit', () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
  };
  signal.addEventListener('abort', stop, { once: true });
  child.once('close', () => {
    signal.removeEventListener('abort', stop);
    clearTimeout(hard);
  });
  return child;
}

/** The error of something that its signal ended. */
export function interrupted(
  argv: readonly string[],
  signal: AbortSignal,
  lines: readonly string[],
): KindError {
  const late = isTimeout(signal.reason);
  return new KindError(`${title(argv)} was ${late ? 'stopped at its deadline' : 'interrupted'}`, {
    code: late ? 'DEADLINE' : 'ABORTED',
    argv,
    lines,
    cause: signal.reason,
  });
}

export function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** The error of a program that the system did not start. */
export function notStarted(argv: readonly string[], cause: Error): KindError {
  return new KindError(`${argv[0]} could not be started`, {
    code: 'COMMAND_MISSING',
    argv,
    cause,
    hint: `Is ${argv[0]} installed, executable and on the PATH?`,
  });
}

function lastLines(output: ProcessOutput): string[] {
  return output
    .lines()
    .filter((line) => line.trim() !== '')
    .slice(-tail);
}

/** `kind create cluster`: the words before the first flag. */
function title(argv: readonly string[]): string {
  const [file = '', ...rest] = argv;
  const flag = rest.findIndex((word) => word.startsWith('-'));
  const words = (flag === -1 ? rest : rest.slice(0, flag)).slice(0, 2);
  return [file.split('/').at(-1), ...words].join(' ');
}
