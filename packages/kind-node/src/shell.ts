import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type CommandOutput, interrupted, notStarted } from './run.ts';

/**
 * A shell in a node that runs one command after the other, each with an empty standard input: what `docker exec` sets
 * up takes it longer than most commands take. What a command leaves running must print nothing: that would be heard as
 * the next one's.
 */
export class Shell {
  readonly #docker: readonly string[];
  readonly #child: ChildProcessWithoutNullStreams;
  /** No command prints this line. */
  readonly #seam = randomUUID();
  readonly #said = { stdout: '', stderr: '' };
  /** The last of it: to look for the seam in all of it each time takes minutes for 100 MB. */
  readonly #last = { stdout: '', stderr: '' };
  #ended: number | undefined;
  #notStarted: Error | undefined;
  #told = () => {};

  /** @param docker how the shell is started: it reads its commands from standard input */
  constructor(docker: readonly string[], env: NodeJS.ProcessEnv) {
    const [file = '', ...args] = docker;
    this.#docker = docker;
    // A group of its own: a Ctrl-C in the terminal reaches only us.
    this.#child = spawn(file, args, { env, detached: true });
    // Before anything else: without descriptors there are no streams, and an error that nobody hears ends us.
    this.#child.on('error', (cause) => {
      this.#notStarted = cause;
    });
    const { stdin, stdout, stderr } = this.#child;
    stdout.setEncoding('utf8').on('data', (text: string) => this.#hear('stdout', text));
    stderr.setEncoding('utf8').on('data', (text: string) => this.#hear('stderr', text));
    // Its end tells.
    stdin.on('error', () => {});
    this.#child.on('close', (code) => {
      // A 0 is the shell's or docker's own: the command under which it ended did not get to its end.
      this.#ended = code || 128;
      this.#told();
    });
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * @returns what the command said; where the shell ended instead what it said, and never 0
   * @throws KindError COMMAND_MISSING, ABORTED, DEADLINE; the shell is of no use then
   */
  async run(argv: readonly string[], signal: AbortSignal): Promise<CommandOutput> {
    for (const heard of [this.#said, this.#last]) Object.assign(heard, { stdout: '', stderr: '' });
    const over = Promise.withResolvers<void>();
    this.#told = over.resolve;
    signal.addEventListener('abort', this.#told, { once: true });
    const command = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    this.#child.stdin.write(
      `(${command}) </dev/null; printf '\\n%s %d\\n' ${this.#seam} $?; printf '\\n%s 0\\n' ${this.#seam} >&2\n`,
    );
    try {
      if (!signal.aborted && !this.ended) await over.promise;
    } finally {
      signal.removeEventListener('abort', this.#told);
    }
    const [stdout, stderr] = [this.#upToSeam('stdout'), this.#upToSeam('stderr')];
    if (stdout && stderr) return { stdout: stdout.text, stderr: stderr.text, exitCode: stdout.number };
    if (this.#notStarted) throw notStarted(this.#docker, this.#notStarted);
    if (this.#ended !== undefined) return { ...this.#said, exitCode: this.#ended };
    const line = [...this.#docker.filter((word) => !word.startsWith('-')), ...argv];
    throw interrupted(line, signal, this.#said.stderr.split('\n').slice(-5));
  }

  /** What runs in it may go on in the node. */
  end(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(from: 'stdout' | 'stderr', text: string): void {
    this.#said[from] += text;
    this.#last[from] = (this.#last[from] + text).slice(-80);
    if (this.#seamAt('stdout') && this.#seamAt('stderr')) this.#told();
  }

  #seamAt(from: 'stdout' | 'stderr'): RegExpExecArray | null {
    return new RegExp(`\\n${this.#seam} (\\d+)\\n$`).exec(this.#last[from]);
  }

  #upToSeam(from: 'stdout' | 'stderr'): { text: string; number: number } | undefined {
    const seam = this.#seamAt(from);
    return seam ? { text: this.#said[from].slice(0, -seam[0].length), number: Number(seam[1]) } : undefined;
  }
}
