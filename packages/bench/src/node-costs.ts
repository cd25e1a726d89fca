import type { Milliseconds } from '@netproof/core';

/** Runs a command in a node. */
export type InNode = (node: string, argv: readonly string[]) => Promise<{ readonly stdout: string }>;

/** CPU time that nodes have spent since they began. */
export interface NodesCpu {
  /** With all that runs on them: containerd, the kubelet, on the control plane the API server and etcd. */
  readonly nodes: Milliseconds;
  /** By the uid of a pod. */
  readonly pods: ReadonlyMap<string, Milliseconds>;
}

/** What the kernel accounts to a node and to its pods: of cgroup v1 in nanoseconds, of v2 in microseconds. */
const cpuScript = `
root=/sys/fs/cgroup/cpuacct file=cpuacct.usage
[ -d "$root" ] || { root=/sys/fs/cgroup file=cpu.stat; }
find "$root/" -name "$file" \\( -path "$root/$file" -o -path '*pod*' \\) -exec grep -sHE '^(usage_usec )?[0-9]+$' {} +
# What ended meanwhile is no failure; without the node's own figure the reader fails.
exit 0
`;

export async function cpuOf(nodes: readonly string[], run: InNode): Promise<NodesCpu> {
  const all = await Promise.all(
    nodes.map(async (node) => readCpu((await run(node, ['bash', '-c', cpuScript])).stdout)),
  );
  return {
    nodes: all.reduce((sum, one) => sum + one.nodes, 0),
    pods: new Map(all.flatMap(({ pods }) => [...pods])),
  };
}

/** @throws where the output has no figure of the node itself */
export function readCpu(output: string): NodesCpu {
  let nodes: Milliseconds | undefined;
  const pods = new Map<string, Milliseconds>();
  for (const line of output.split('\n')) {
    const [, file = '', unit, digits] = /^(.+?):(usage_usec )?(\d+)$/.exec(line) ?? [];
    const ms = Number(digits) / (unit === undefined ? 1e6 : 1e3);
    const uid = /pod([0-9a-f_-]{36})(\.slice)?\/[^/]+$/.exec(file)?.[1];
    if (uid !== undefined) pods.set(uid.replaceAll('_', '-'), ms);
    // Of a pod's containers its own figure is the sum.
    else if (digits !== undefined && !file.includes('pod')) nodes = ms;
  }
  if (nodes === undefined) throw new Error(`a node does not tell its CPU time: ${output.slice(0, 200)}`);
  return { nodes, pods };
}

/** CPU time spent from one reading to the next: on the nodes, and of that in some pods. */
export function cpuBetween(before: NodesCpu, after: NodesCpu, uids: readonly string[]) {
  const spent = (uid: string) => (after.pods.get(uid) ?? 0) - (before.pods.get(uid) ?? 0);
  return { nodes: after.nodes - before.nodes, pods: uids.reduce((sum, uid) => sum + spent(uid), 0) };
}

/** A process of a node and its memory in bytes. */
export interface NodeProcess {
  /** Of its pod. */
  readonly uid?: string;
  /** An agent, the end of a control stream to it, or agnhost; anything else of a node has none. */
  readonly role?: 'agent' | 'stream' | 'agnhost';
  /** All that it has mapped. */
  readonly rss: number;
  /** Its share of that: what n processes map counts an n-th in each. */
  readonly pss: number;
}

/** The words of a command line by which a process is known, the telling one first. */
const roles = { pipe: 'stream', 'serve-hostname': 'agnhost', '/netproof/agent.mjs': 'agent' } as const;
const words = Object.keys(roles) as (keyof typeof roles)[];

const memoryScript = `
cd /proc
grep -sHE '^(Rss|Pss):' [0-9]*/smaps_rollup
grep -sHoE -m1 'pod[0-9a-f_-]{36}' [0-9]*/cgroup
grep -saHzxF ${words.map((word) => `-e ${word}`).join(' ')} [0-9]*/cmdline | tr '\\0' '\\n'
`;

/** Every process of these nodes. Page cache that nobody has mapped is nobody's. */
export async function processesOf(nodes: readonly string[], run: InNode): Promise<readonly NodeProcess[]> {
  const all = nodes.map(async (node) =>
    readProcesses((await run(node, ['bash', '-c', memoryScript])).stdout),
  );
  return (await Promise.all(all)).flat();
}

export function readProcesses(output: string): readonly NodeProcess[] {
  const lines = output.split('\n').flatMap((line) => {
    const [, pid, file, rest] = /^(\d+)\/(\w+):(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid, file, rest: rest ?? '' }];
  });
  const byPid = Map.groupBy(lines, ({ pid }) => pid);
  return [...byPid.values()].flatMap((own) => {
    const of = (file: string) => own.filter((line) => line.file === file).map(({ rest }) => rest);
    const bytes = (name: string) => {
      const line = of('smaps_rollup').find((one) => one.startsWith(name));
      return line === undefined ? undefined : Number(/\d+/.exec(line)?.[0]) * 1_024;
    };
    const [rss, pss] = [bytes('Rss:'), bytes('Pss:')];
    // It had ended before all was read.
    if (rss === undefined || pss === undefined) return [];
    const uid = of('cgroup')[0]?.slice('pod'.length).replaceAll('_', '-');
    const word = uid === undefined ? undefined : words.find((one) => of('cmdline').includes(one));
    return [{ rss, pss, ...(uid && { uid }), ...(word && { role: roles[word] }) }];
  });
}
