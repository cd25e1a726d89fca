import type { Nodes } from '@netproof/core';

/** Programs that keep the Services of a node as the API has them, by the names of their processes. */
const proxies = ['kube-proxy', 'cilium-agent'];

/** Prints every process of a node, for {@link proxiesIn}. */
export const listProcesses = ['ps', '-eo', 'pid=,stat=,comm='];

interface Process {
  readonly pid: string;
  readonly name: string;
  /** Whether it was stopped (proc_pid_stat(5)). */
  readonly stands: boolean;
}

/** The proxies of a node. What they have programmed stays in the kernel whether they run or stand. */
export async function proxiesOn(nodes: Nodes, node: string): Promise<readonly Process[]> {
  return proxiesIn((await nodes.run(node, listProcesses)).stdout);
}

/** Lets the proxies of a node stand still, or run on. */
export async function signalProxies(nodes: Nodes, node: string, signal: 'STOP' | 'CONT'): Promise<void> {
  const pids = (await proxiesOn(nodes, node)).map(({ pid }) => pid);
  if (pids.length > 0) await nodes.run(node, ['kill', `-${signal}`, ...pids]);
}

/** @param listed what `ps` prints: `  812 Tsl  kube-proxy` */
export function proxiesIn(listed: string): readonly Process[] {
  return listed.split('\n').flatMap((line) => {
    const [pid = '', state = '', name = ''] = line.trim().split(/\s+/);
    return proxies.includes(name) ? [{ pid, name, stands: state.startsWith('T') }] : [];
  });
}
