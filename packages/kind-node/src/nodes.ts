import { clusterLabel, containers, type NodeContainer } from './docker.ts';
import { KindError } from './error.ts';
import { type Bounds, type Machine, networkName, within } from './machine.ts';
import { type CommandOutput, failed, run, runOrThrow } from './run.ts';
import { Shell } from './shell.ts';

export interface ExecOptions extends Bounds {
  /** Standard input of the command. */
  readonly input?: string | Buffer | undefined;
  /** What an exit code other than 0 is: an error (without it), or a value like any other. */
  readonly nonzero?: 'error' | 'value' | undefined;
}

/** How long docker may take to list and inspect, in milliseconds. */
const listing = 30_000;
/** How long a command in a node may take where its caller does not say, in milliseconds. */
const command = 60_000;

/** A cluster whose control plane answers. */
export class StartingKind {
  readonly name: string;
  /** The file with the cluster's credentials, the one that the plan named. */
  readonly kubeconfig: string;
  protected readonly machine: Machine;

  constructor(name: string, kubeconfig: string, machine: Machine) {
    this.name = name;
    this.kubeconfig = kubeconfig;
    this.machine = machine;
  }

  /** The nodes as docker sees them, by name. The load balancer that kind puts before several control planes is none. */
  async nodes(bounds: Bounds = {}): Promise<NodeContainer[]> {
    return (await this.#containers(bounds)).filter(({ role }) => role !== 'external-load-balancer');
  }

  #containers(bounds: Bounds): Promise<NodeContainer[]> {
    return containers(this.name, networkName(this.machine), within(this.machine, bounds, listing));
  }

  /**
   * Resolves with the name of the first node whose container stops or has stopped, the load balancer among them:
   * without it nobody answers. Undefined when its bounds end the wait. The `docker events` that waits keeps to the
   * deadline by itself, for the case that we are killed.
   * @throws KindError
   */
  async stopped({ signal, deadline }: Bounds & { readonly deadline: number }): Promise<string | undefined> {
    const since = Date.now() / 1000; // what stops between the list and the first event is told all the same
    const seen = new AbortController();
    const bounds = { signal: signal ? AbortSignal.any([signal, seen.signal]) : seen.signal };
    const told = Promise.withResolvers<string>();
    const argv = ['docker', 'events', '--filter', 'event=die', '--format', '{{.Actor.Attributes.name}}'];
    argv.push('--filter', `label=${clusterLabel}=${this.name}`);
    argv.push('--since', since.toFixed(3), '--until', (since + deadline / 1000).toFixed(3));
    const ended = runOrThrow(argv, {
      ...within(this.machine, bounds, deadline + listing),
      onLine: told.resolve,
    }).then(() => undefined);
    ended.catch(() => {}); // the list may still be on its way
    try {
      const all = await this.#containers(bounds);
      return all.find(({ running }) => !running)?.name ?? (await Promise.race([told.promise, ended]));
    } catch (error) {
      if (signal?.aborted) return undefined;
      throw error;
    } finally {
      seen.abort();
    }
  }

  /**
   * Runs a command in a node, with its arguments as they are, as root.
   * An abort or the deadline ends our side; the command in the node may go on.
   * @throws KindError NO_SUCH_NODE, FAILED (exit code, or docker could not start it), ABORTED, DEADLINE
   */
  async exec(node: string, argv: readonly string[], options: ExecOptions = {}): Promise<CommandOutput> {
    this.#ours(node);
    const { input, nonzero = 'error' } = options;
    const interactive = input === undefined ? [] : ['--interactive'];
    const line = ['docker', 'exec', ...interactive, node, ...argv];
    const output = await run(line, { ...within(this.machine, options, command), input });
    return this.#heard(node, line, output, nonzero);
  }

  /** As {@link exec}, for many commands: the first on a node opens a shell there, which later ones use again. */
  shells(): { run(node: string, argv: readonly string[]): Promise<CommandOutput> } & Disposable {
    const all = new Set<Shell>();
    const idle = new Map<string, Shell[]>();
    return {
      run: async (node, argv) => {
        this.#ours(node);
        const free = idle.get(node)?.filter(({ ended }) => !ended) ?? [];
        const { env, signal } = within(this.machine, {}, command);
        const shell = free.pop() ?? new Shell(['docker', 'exec', '--interactive', node, 'sh'], env);
        idle.set(node, free);
        all.add(shell);
        try {
          const output = await shell.run(argv, signal);
          if (!shell.ended) idle.get(node)?.push(shell);
          return this.#heard(node, ['docker', 'exec', node, ...argv], output, 'error');
        } catch (error) {
          if (signal.aborted) shell.end();
          throw error;
        }
      },
      [Symbol.dispose]() {
        for (const shell of all) shell.end();
      },
    };
  }

  #ours(node: string): void {
    if (!node.startsWith(`${this.name}-`)) throw noSuchNode(node, this.name);
  }

  #heard(
    node: string,
    line: readonly string[],
    output: CommandOutput,
    nonzero: 'error' | 'value',
  ): CommandOutput {
    if (output.exitCode === 0) return output;
    if (/^Error( response from daemon)?: No such container/m.test(output.stderr))
      throw noSuchNode(node, this.name);
    if (nonzero === 'error' || notRun(output)) throw failed(line, output);
    return output;
  }
}

/** Whether docker itself failed: its own exit codes are also those of commands. */
function notRun({ exitCode, stdout, stderr }: CommandOutput): boolean {
  if (exitCode === 1) return /^Error response from daemon|^Cannot connect to the Docker/m.test(stderr);
  return (exitCode === 126 || exitCode === 127) && /^OCI runtime exec failed/m.test(`${stdout}\n${stderr}`);
}

function noSuchNode(node: string, cluster: string): KindError {
  return new KindError(`cluster ${cluster} has no node ${node}`, {
    code: 'NO_SUCH_NODE',
    hint: `"docker ps -a --filter label=io.x-k8s.kind.cluster=${cluster}" lists its nodes.`,
  });
}
