import type { Nodes } from '@netproof/core';

/** How much of a CPU a container may use, in microseconds as the kernel writes them. */
export interface CpuLimit {
  /** `-1` or `max` without a limit. */
  readonly quota: string;
  readonly period: string;
}

/** What the CPU controller of a node says of one agent's container. */
export interface AgentCpu {
  /** The folder of its control group. */
  readonly group: string;
  /** The files that hold its limit: two of cgroup v1, quota first, or the one of v2. */
  readonly files: readonly string[];
  readonly limit: CpuLimit;
  /** In how many periods it had to wait for the next one since its container began. */
  readonly throttled: number;
}

// Their environment shows which processes are ours, whatever runs containers there.
const groupsOfAgents = `grep -lzs '^POD_NAMESPACE=netproof-' /proc/[0-9]*/environ |
  while read -r file; do cat "\${file%environ}cgroup" 2>/dev/null; done; true`;

/** The agents of a node by their control groups; none where none runs. */
export async function agentCpus(nodes: Nodes, node: string): Promise<readonly AgentCpu[]> {
  const { stdout } = await nodes.run(node, ['sh', '-c', groupsOfAgents]);
  const groups = cpuGroups(stdout);
  if (groups.length === 0) return [];
  const files = groups.flatMap((one) => [...one.files, `${one.group}/cpu.stat`]);
  const values = (await nodes.run(node, ['grep', '-H', '', ...files])).stdout;
  return groups.map((one) => {
    const words = one.files.flatMap((file) => linesOf(values, file)).flatMap((line) => line.split(' '));
    const [quota = '', period = ''] = words;
    const throttled = linesOf(values, `${one.group}/cpu.stat`).find((line) => /^nr_throttled /.test(line));
    return { ...one, limit: { quota, period }, throttled: Number(throttled?.split(' ')[1] ?? 0) };
  });
}

export async function setLimit(nodes: Nodes, node: string, cpu: AgentCpu, limit: CpuLimit): Promise<void> {
  const { quota, period } = limit;
  const values = cpu.files.length === 1 ? [`${quota} ${period}`] : [quota, period];
  for (const [at, file] of cpu.files.entries()) {
    await nodes.run(node, ['sh', '-c', 'echo "$1" > "$2"', 'sh', values[at] ?? '', file]);
  }
}

/**
 * @param cgroups lines of `/proc/<pid>/cgroup`, of several processes
 * @returns each CPU control group once: of v1 where that has the controller, else of v2
 */
export function cpuGroups(cgroups: string): readonly Pick<AgentCpu, 'group' | 'files'>[] {
  const lines = [...new Set(cgroups.split('\n'))].map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const pathsIn = (has: (controllers: string) => boolean) =>
    lines.flatMap((line) => (line?.[1] !== undefined && has(line[1]) ? [line[2]] : []));
  const first = pathsIn((controllers) => controllers.split(',').includes('cpu'));
  if (first.length === 0) {
    const second = pathsIn((controllers) => controllers === '');
    return second.map((path) => group(`/sys/fs/cgroup${path}`, ['cpu.max']));
  }
  return first.map((path) => group(`/sys/fs/cgroup/cpu${path}`, ['cpu.cfs_quota_us', 'cpu.cfs_period_us']));
}

function group(folder: string, names: readonly string[]) {
  return { group: folder, files: names.map((name) => `${folder}/${name}`) };
}

/** The lines of one file in the output of `grep -H ''` over several. */
function linesOf(values: string, file: string): readonly string[] {
  return values
    .split('\n')
    .filter((line) => line.startsWith(`${file}:`))
    .map((line) => line.slice(file.length + 1));
}
