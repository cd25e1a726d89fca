import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type CommandOutput, interrupted } from './run.ts';

/**
 * A shell in a node that runs one command after the other, each with an empty standard input: what `docker exec` sets
 * up takes it longer than most commands take.
 */
export class Shell {
  readonly #child: ChildProcessWithoutNullStreams;
  /** No command prints this line. */
  readonly #seam = randomUUID();
  readonly #said = { stdout: '', stderr: '' };
  #ended: number | undefined;
  #told = () => {};

  /** @param docker how the shell is started: it reads its commands from standard input */
  constructor(docker: readonly string[], env: NodeJS.ProcessEnv) {
    const [file = '', ...args] = docker;
    // A group of its own: a Ctrl-C in the terminal reaches only us.
    this.#child = spawn(file, args, { env, detached: true });
    const { stdin, stdout, stderr } = this.#child;
    stdout.setEncoding('utf8').on('data', (text: string) => this.#hear('stdout', text));
    stderr.setEncoding('utf8').on('data', (text: string) => this.#hear('stderr', text));
    // Both are told by its end.
    stdin.on('error', () => {});
    this.#child.on('error', ({ message }) => this.#hear('stderr', message));
    this.#child.on('close', (code) => {
      this.#ended = code ?? 128;
      this.#told();
    });
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * @returns what the command said; what the shell said where it ended instead
   * @throws KindError ABORTED, DEADLINE; the shell is of no use then
   */
  async run(argv: readonly string[], signal: AbortSignal): Promise<CommandOutput> {
    Object.assign(this.#said, { stdout: '', stderr: '' });
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
    if (this.#ended !== undefined) return { ...this.#said, exitCode: this.#ended };
    throw interrupted(argv, signal, this.#said.stderr.split('\n').slice(-5));
  }

  /** What runs in it may go on in the node. */
  end(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(from: 'stdout' | 'stderr', text: string): void {
    this.#said[from] += text;
    if (this.#upToSeam('stdout') && this.#upToSeam('stderr')) this.#told();
  }

  #upToSeam(from: 'stdout' | 'stderr'): { text: string; number: number } | undefined {
    const said = this.#said[from];
    const seam = new RegExp(`\\n${this.#seam} (\\d+)\\n$`).exec(said.slice(-80));
    if (seam === null) return undefined;
    return { text: said.slice(0, -seam[0].length), number: Number(seam[1]) };
  }
}
