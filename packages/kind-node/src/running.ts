import { clear } from './clear.ts';
import { lock } from './lock.ts';
import { type Bounds, kindBinary, lockFile, within } from './machine.ts';
import { StartingKind } from './nodes.ts';
import { runOrThrow } from './run.ts';

/** A cluster that was deleted. */
export interface GoneKind {
  readonly state: 'gone';
  readonly name: string;
}

/** How long each verb may take where its caller does not say, in milliseconds. */
const deadlines = { load: 120_000, logs: 120_000, delete: 120_000 };

/** A cluster that kind has created. Leaving its `await using` block deletes it, unless it is kept. */
export class RunningKind extends StartingKind implements AsyncDisposable {
  #ours = true;

  /** Loads the images of an archive (`docker save`, or an OCI layout as tar) into every node, or into some. */
  async loadImageArchive(
    archive: string,
    bounds: Bounds & { nodes?: readonly string[] } = {},
  ): Promise<void> {
    await this.#load('image-archive', archive, bounds);
  }

  /** Loads an image of the local Docker into every node, or into some. @throws KindError FAILED with kind's words */
  async loadDockerImage(image: string, bounds: Bounds & { nodes?: readonly string[] } = {}): Promise<void> {
    await this.#load('docker-image', image, bounds);
  }

  async #load(how: string, what: string, bounds: Bounds & { nodes?: readonly string[] }): Promise<void> {
    const only = bounds.nodes ? ['--nodes', bounds.nodes.join(',')] : [];
    const argv = ['load', how, what, '--name', this.name, ...only];
    await runOrThrow([kindBinary(this.machine), ...argv], within(this.machine, bounds, deadlines.load));
  }

  /** Writes the logs of every node and its pods below a folder. */
  async exportLogs(folder: string, bounds: Bounds = {}): Promise<void> {
    const argv = [kindBinary(this.machine), 'export', 'logs', folder, '--name', this.name];
    await runOrThrow(argv, within(this.machine, bounds, deadlines.logs));
  }

  /** Lets the cluster live on when its `await using` block ends. */
  keep(): this {
    this.#ours = false;
    return this;
  }

  /**
   * Deletes the cluster and its entries in the kubeconfig, and sees that no container of it is left.
   * @throws KindError
   */
  async delete(bounds: Bounds = {}): Promise<GoneKind> {
    const options = within(this.machine, bounds, deadlines.delete);
    await using _ = await lock(lockFile(this.machine, `cluster-${this.name}`), options.signal);
    const names = ['--name', this.name, '--kubeconfig', this.kubeconfig];
    await runOrThrow([kindBinary(this.machine), 'delete', 'cluster', ...names], options);
    await clear(this.name, undefined, options);
    this.#ours = false;
    return { state: 'gone', name: this.name };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ours) await this.delete();
  }
}
