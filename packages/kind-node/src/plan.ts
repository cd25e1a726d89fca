import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { clear } from './clear.ts';
import { containerIds, containers } from './docker.ts';
import { KindError } from './error.ts';
import { withLastWords } from './last-words.ts';
import { lock } from './lock.ts';
import { type Bounds, kindBinary, lockFile, type Machine, networkName, within } from './machine.ts';
import { askFirst } from './mirror.ts';
import { StartingKind } from './nodes.ts';
import { interrupted, type RunOptions, runOrThrow } from './run.ts';
import { RunningKind } from './running.ts';

export interface KindPlanOptions extends Machine {
  readonly name: string;
  /** A kind config file. */
  readonly config: string;
  /** Node image; the config's, or else kind's own, without it. */
  readonly image?: string | undefined;
  /** The file for the cluster's credentials. Entries of other clusters in it are left alone. */
  readonly kubeconfig: string;
  /** URL of a registry that the nodes ask first for every image: `http://mirror.example:5000/prefix`. */
  readonly mirror?: string | undefined;
  /** Leaves the nodes of a failed create for inspection. */
  readonly retain?: boolean | undefined;
}

export interface CreateOptions extends Bounds {
  /** Each line that kind prints. */
  readonly onLine?: ((line: string) => void) | undefined;
  /**
   * Called once when the control plane answers, while kind still joins the workers. The cluster counts as
   * created when the promise is fulfilled too; when it rejects, create fails. It must end when the signal aborts.
   */
  readonly onControlPlane?: ((starting: StartingKind, signal: AbortSignal) => Promise<void>) | undefined;
  /** Folder for the nodes' logs, written when create fails before the nodes are removed. */
  readonly failureLogs?: string | undefined;
}

/** How long kind may take to create a cluster, in milliseconds: kubeadm itself gives up a kubelet after four minutes. */
const creation = 300_000;
/** How long removing what a failed create left may take, in milliseconds. */
const clearing = 60_000;
/** How long asking the nodes of a failed create for its cause may take, in milliseconds. */
const logging = 60_000;

/** Plans a cluster; nothing is started yet. @throws KindError BAD_NAME */
export function kindPlan(options: KindPlanOptions): KindPlan {
  return new KindPlan(options);
}

/** A cluster that does not run yet. */
export class KindPlan {
  readonly options: KindPlanOptions;

  constructor(options: KindPlanOptions) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(options.name)) {
      throw new KindError(`"${options.name}" cannot be the name of a cluster`, {
        code: 'BAD_NAME',
        hint: 'Use lower-case letters, digits, dots and dashes.',
      });
    }
    this.options = options;
  }

  /**
   * Creates the cluster. When that fails or is aborted, nothing of it is left, unless the plan says retain.
   * Nodes need not be Ready yet: that is the CNI's matter.
   * @throws KindError
   */
  async create(options: CreateOptions = {}): Promise<RunningKind> {
    const { name, kubeconfig } = this.options;
    const whole = within(this.options, options, creation);
    const broken = new AbortController();
    const bounded = { ...whole, signal: AbortSignal.any([whole.signal, broken.signal]) };
    // Held to the end: kind, when a node's name is taken, would remove the other cluster's nodes as its own.
    await using _ = await lock(lockFile(this.options, `cluster-${name}`), bounded.signal);
    if ((await containerIds(name, bounded)).length > 0) throw nameTaken(name);
    await mkdir(dirname(kubeconfig), { recursive: true });

    let group: number | undefined;
    let early: Promise<void> | undefined;
    let mirrored: Promise<void> | undefined;
    const nodesRun = () => {
      mirrored ??= this.#askFirst(bounded).catch((error) => broken.abort(error));
      return mirrored;
    };
    const controlPlaneAnswers = () => {
      early ??= nodesRun()
        .then(() => this.#early(options, bounded))
        .catch((error) => broken.abort(error));
      return early;
    };
    try {
      await this.#kindCreate(bounded, {
        onStart: (pid) => {
          group = pid;
        },
        onLine: (line) => {
          options.onLine?.(line);
          if (/✓ Preparing nodes/.test(line)) void nodesRun();
          if (/✓ Starting control-plane/.test(line)) void controlPlaneAnswers();
        },
      });
      await controlPlaneAnswers();
      bounded.signal.throwIfAborted();
    } catch (error) {
      const first = broken.signal.aborted ? broken.signal.reason : error;
      const ended = whole.signal.aborted && !(first instanceof KindError);
      broken.abort(first);
      await Promise.all([mirrored, early]);
      const cause = ended ? interrupted(['kind', 'create', 'cluster'], whole.signal, []) : first;
      throw await this.#cleaned(cause, group, options);
    }
    return new RunningKind(name, kubeconfig, this.options);
  }

  /**
   * A cluster of this name that runs already, of another process or a kept one; its `await using` block does
   * not delete it. @throws KindError NO_SUCH_NODE when it has no node, or one that does not run
   */
  async attach(bounds: Bounds = {}): Promise<RunningKind> {
    const { name, kubeconfig } = this.options;
    const options = within(this.options, bounds, clearing);
    const nodes = await containers(name, networkName(this.options), options);
    if (nodes.length === 0 || nodes.some(({ running }) => !running)) {
      const stopped = nodes.filter(({ running }) => !running).map((node) => node.name);
      throw new KindError(
        nodes.length === 0 ? `no cluster ${name} is here` : `not running: ${stopped.join(', ')}`,
        { code: 'NO_SUCH_NODE', hint: 'Create it, or start its nodes with "docker start".' },
      );
    }
    return new RunningKind(name, kubeconfig, this.options).keep();
  }

  /** Runs `kind create cluster`; the network's lock is held until kind has made the network. */
  async #kindCreate(
    bounded: RunOptions,
    { onStart, onLine }: { onStart: (group: number) => void; onLine: (line: string) => void },
  ): Promise<void> {
    const { name, config, image, kubeconfig } = this.options;
    // Two kinds that create the network at the same time make two of it (kind issues 1596 and 1663).
    await using network = await lock(
      lockFile(this.options, `network-${networkName(this.options)}`),
      bounded.signal,
    );
    const argv = ['create', 'cluster', '--name', name, '--config', config, '--kubeconfig', kubeconfig];
    if (image !== undefined) argv.push('--image', image);
    // The clean-up is ours: kind's own misses nodes that were still being created.
    argv.push('--retain');
    await runOrThrow([kindBinary(this.options), ...argv], {
      ...bounded,
      onStart,
      onLine: (line) => {
        if (/• Preparing nodes/.test(line)) void network.release();
        onLine(line);
      },
    });
  }

  /** Before any pod is there: what the nodes run first is in their image. */
  async #askFirst(bounded: RunOptions): Promise<void> {
    const { name, kubeconfig, mirror } = this.options;
    if (mirror === undefined) return;
    await askFirst(new StartingKind(name, kubeconfig, this.options), mirror, { signal: bounded.signal });
  }

  /** Gives the caller the control plane, with a kubeconfig that kind itself writes only at its end. */
  async #early({ onControlPlane }: CreateOptions, bounded: RunOptions): Promise<void> {
    if (onControlPlane === undefined) return;
    const { name, kubeconfig } = this.options;
    const argv = ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig];
    await runOrThrow([kindBinary(this.options), ...argv], bounded);
    await onControlPlane(new StartingKind(name, kubeconfig, this.options), bounded.signal);
  }

  /** The error to throw, after the clean-up. */
  async #cleaned(
    failure: unknown,
    group: number | undefined,
    { signal, failureLogs }: CreateOptions,
  ): Promise<unknown> {
    const { name, retain } = this.options;
    const unexplained = failure instanceof KindError && /^(FAILED|DEADLINE)$/.test(failure.code);
    const asking = within(this.options, {}, logging);
    const error = unexplained
      ? await withLastWords(failure, name, networkName(this.options), asking)
      : failure;
    if (failureLogs !== undefined && !signal?.aborted) {
      const argv = [kindBinary(this.options), 'export', 'logs', failureLogs, '--name', name];
      // They are a help, not a duty: the nodes may not have come so far.
      await runOrThrow(argv, asking).catch(() => {});
    }
    // Somebody else's cluster of that name appeared after we looked; it is not ours to remove.
    if (retain || (error instanceof KindError && error.code === 'NAME_TAKEN')) return error;
    try {
      await clear(name, group, within(this.options, {}, clearing));
      return error;
    } catch (left) {
      const why = left instanceof Error ? left.message : String(left);
      const first = error instanceof Error ? error.message : String(error);
      return new KindError(`${first}. Then the clean-up failed: ${why}`, {
        code: 'LEFT_BEHIND',
        cause: error,
        hint: left instanceof KindError ? left.hint : undefined,
      });
    }
  }
}

function nameTaken(name: string): KindError {
  return new KindError(`a cluster ${name} is already here`, {
    code: 'NAME_TAKEN',
    hint: `Delete it with "kind delete cluster --name ${name}", or take another name.`,
  });
}
