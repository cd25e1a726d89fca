import { failed, type RunOptions, run, runOrThrow } from './run.ts';

/** The labels that kind puts on its containers; they are all the state that it keeps. */
export const clusterLabel = 'io.x-k8s.kind.cluster';
export const roleLabel = 'io.x-k8s.kind.role';

export interface NodeContainer {
  /** The container's and the node's name: `NAME-control-plane`, `NAME-worker`, `NAME-worker2`. */
  readonly name: string;
  readonly cluster: string;
  /** `control-plane`, `worker` or `external-load-balancer`. */
  readonly role: string;
  readonly containerId: string;
  readonly running: boolean;
  /** IPv4 address on the docker network; empty while the container does not run. */
  readonly ip: string;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Running: boolean };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Ids of the containers of one cluster, or of every kind cluster, running or not. */
export async function containerIds(cluster: string | undefined, options: RunOptions): Promise<string[]> {
  const label = cluster === undefined ? clusterLabel : `${clusterLabel}=${cluster}`;
  const argv = ['docker', 'ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`];
  const { stdout } = await runOrThrow(argv, options);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Whether it missed nothing but containers that went since they were listed, as those of another run may; it gives the others. */
function onlyGone(stderr: string): boolean {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => /No such container/i.test(line));
}

/** Facts of the containers of one cluster, or of every kind cluster, by name. */
export async function containers(
  cluster: string | undefined,
  network: string,
  options: RunOptions,
): Promise<NodeContainer[]> {
  const ids = await containerIds(cluster, options);
  if (ids.length === 0) return [];
  const inspect = ['docker', 'inspect', '--type', 'container', ...ids];
  const output = await run(inspect, options);
  if (output.exitCode !== 0 && !onlyGone(output.stderr)) throw failed(inspect, output);
  return (JSON.parse(output.stdout) as Inspected[])
    .map((container) => ({
      name: container.Name.replace(/^\//, ''),
      cluster: container.Config.Labels[clusterLabel] ?? '',
      role: container.Config.Labels[roleLabel] ?? '',
      containerId: container.Id,
      running: container.State.Running,
      ip: container.NetworkSettings.Networks[network]?.IPAddress ?? '',
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
