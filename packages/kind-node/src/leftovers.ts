import { clear } from './clear.ts';
import { containers, type NodeContainer } from './docker.ts';
import { lock, staleLocks as staleIn, sweepLocks as sweepIn } from './lock.ts';
import { type Bounds, lockFile, lockFolder, type Machine, networkName, within } from './machine.ts';
import { end, makers } from './makers.ts';
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
 * their kubeconfig nor kind. A kind that still makes one, because only its caller was killed, is ended first:
 * it would make more containers afterwards. Returns their names.
 */
export async function sweepKind(
  stale: (name: string) => boolean,
  machine: Machine = {},
  bounds: Bounds = {},
): Promise<string[]> {
  const making = new Map((await makers()).map(({ cluster, group }) => [cluster, group]));
  const known = (await listKind(machine, bounds)).map(({ name }) => name);
  const names = [...new Set([...known, ...making.keys()])].filter(stale);
  const options = within(machine, bounds, sweeping);
  for (const name of names) {
    await using _ = await lock(lockFile(machine, `cluster-${name}`), options.signal);
    const group = making.get(name);
    if (group !== undefined) end(group);
    await clear(name, group, options);
  }
  return names;
}

export interface Network {
  readonly name: string;
  readonly created: Date;
}

/** Every docker network of this machine that somebody made. */
export async function listNetworks(machine: Machine = {}, bounds: Bounds = {}): Promise<Network[]> {
  const format = '{{.Name}}\t{{.CreatedAt}}';
  const argv = ['docker', 'network', 'ls', '--filter', 'type=custom', '--format', format];
  const { stdout } = await runOrThrow(argv, within(machine, bounds, sweeping));
  return stdout.split('\n').flatMap((line) => {
    const [name = '', created = ''] = line.split('\t');
    // Go's format, `2026-11-21 13:10:12.483 +0000 UTC`, without the zone's name.
    return name === '' ? [] : [{ name, created: new Date(created.split(' ').slice(0, 3).join(' ')) }];
  });
}

/** Removes docker networks that no container uses: kind makes them and leaves them. Returns their names. */
export async function sweepNetworks(
  stale: (name: string, created: Date) => boolean,
  machine: Machine = {},
  bounds: Bounds = {},
): Promise<string[]> {
  const options = within(machine, bounds, sweeping);
  const removed: string[] = [];
  const all = await listNetworks(machine, bounds);
  for (const { name } of all.filter(({ name, created }) => stale(name, created))) {
    const { exitCode } = await run(['docker', 'network', 'rm', name], options);
    if (exitCode === 0) removed.push(name);
  }
  return removed;
}

/** Lock files of this user whose process is gone. */
export async function staleLocks(machine: Machine = {}): Promise<string[]> {
  return staleIn(lockFolder(machine));
}

/** Removes lock files of this user whose process is gone. Returns their paths. */
export async function sweepLocks(machine: Machine = {}, bounds: Bounds = {}): Promise<string[]> {
  return sweepIn(lockFolder(machine), within(machine, bounds, sweeping).signal);
}
