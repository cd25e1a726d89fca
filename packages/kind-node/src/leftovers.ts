import { clear } from './clear.ts';
import { containers, type NodeContainer } from './docker.ts';
import { lock } from './lock.ts';
import { type Bounds, lockFile, type Machine, networkName, within } from './machine.ts';
import { run, runOrThrow } from './run.ts';

export interface KindCluster {
  readonly name: string;
  readonly nodes: readonly NodeContainer[];
}

/** How long the sweep of one machine may take, in milliseconds. */
const sweeping = 120_000;

/** Every kind cluster of this machine, whoever made it, running or not. */
export async function listKind(machine: Machine = {}, bounds: Bounds = {}): Promise<KindCluster[]> {
  const all = await containers(undefined, networkName(machine), within(machine, bounds, sweeping));
  return [...Map.groupBy(all, ({ cluster }) => cluster)].map(([name, nodes]) => ({ name, nodes }));
}

/**
 * Removes the clusters whose name the caller knows to be stale, by their containers' label; it needs neither
 * their kubeconfig nor kind. Returns their names.
 */
export async function sweepKind(
  stale: (name: string) => boolean,
  machine: Machine = {},
  bounds: Bounds = {},
): Promise<string[]> {
  const names = (await listKind(machine, bounds)).map(({ name }) => name).filter(stale);
  const options = within(machine, bounds, sweeping);
  for (const name of names) {
    await using _ = await lock(lockFile(machine, `cluster-${name}`), options.signal);
    await clear(name, undefined, options);
  }
  return names;
}

/** Removes docker networks that no container uses, by name: kind makes them and leaves them. Returns their names. */
export async function sweepNetworks(
  stale: (name: string) => boolean,
  machine: Machine = {},
  bounds: Bounds = {},
): Promise<string[]> {
  const options = within(machine, bounds, sweeping);
  const argv = ['docker', 'network', 'ls', '--filter', 'type=custom', '--format', '{{.Name}}'];
  const { stdout } = await runOrThrow(argv, options);
  const removed: string[] = [];
  for (const name of stdout.split('\n').filter((line) => line !== '' && stale(line))) {
    const { exitCode } = await run(['docker', 'network', 'rm', name], options);
    if (exitCode === 0) removed.push(name);
  }
  return removed;
}
