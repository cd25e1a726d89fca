import { exitCode, inEveryNetns, NetproofError, type Nodes, netnsHeading, runAll } from '@netproof/core';
import { agentCpus } from './agent-cpu.ts';
import { listedRules, proxyRules } from './proxy-rules.ts';
import { listProcesses, proxiesIn } from './standstill.ts';

/** The comment on every rule of ours, by which it is counted and found again. */
export const mark = 'netproof-fault';
/** A network device of ours that leads nowhere. */
export const nowhere = 'netproof-void';

/** A device of ours in two pods, between which it is a wire. */
export const wire = 'netproof-wire';

/**
 * Twenty milliseconds of CPU a second. A look at all policies takes an agent more than that, and not so much that its
 * control stream, silent meanwhile, counts as lost. A quota of just this length is ours: nobody else sets it.
 */
export const throttle = { quota: '20009', period: '1000000' } as const;

/** The handle of a queue of ours, before the number of a class. */
export const shaper = 'fa11:';

/** An MTU of ours, above that of any Ethernet which is not made for jumbo frames. Nobody else sets just this. */
export const tooLarge = '8997';

/** And one of a route of ours, below that of any network on which pods have one of 1,400 bytes and more. */
export const tooSmall = '1397';

/** Where files of ours stand that are mounted over others. */
export const coverFolder = `/run/${mark}`;

export interface MarkedRule {
  /** The network namespace that it is in; the node's own without it. */
  readonly netns?: string;
  readonly table: string;
  readonly chain: string;
  readonly spec: readonly string[];
}

const allRules = [['iptables-save'], inEveryNetns(['iptables-save'])];

/** All rules of a node as `iptables-save` gives them: its own, then those of each pod below its `netns: NAME`. */
export async function savedRules(nodes: Nodes, node: string): Promise<string> {
  return (await runAll(nodes, node, allRules)).join('\n');
}

/** Our rules in what {@link savedRules} gives. None of them holds a quoted word. */
export function markedRules(save: string): readonly MarkedRule[] {
  let netns: { netns?: string } = {};
  let table = '';
  const found: MarkedRule[] = [];
  for (const line of save.split('\n')) {
    const name = netnsHeading(line);
    if (name !== undefined) netns = { netns: name };
    if (line.startsWith('*')) table = line.slice(1);
    const [verb, chain = '', ...spec] = line.split(' ');
    if (verb === '-A' && spec.includes(mark)) found.push({ ...netns, table, chain, spec });
  }
  return found;
}

export interface MarkedProxyRule {
  readonly chain: string;
  readonly handle: number;
  /** That it has counted. */
  readonly packets: number;
}

/** Our rules in kube-proxy's table of nftables, as {@link proxyRules} lists it. */
export function markedProxyRules(listing: string): readonly MarkedProxyRule[] {
  return listedRules(listing)
    .filter(({ comment }) => comment === mark)
    .map(({ chain, handle, expr }) => ({
      chain,
      handle,
      packets: expr.reduce((sum, { counter }) => sum + (counter?.packets ?? 0), 0),
    }));
}

/** Lists the queues of every pod of a node. */
export const queuesOfPods: readonly string[] = inEveryNetns(['tc', 'qdisc', 'show']);

const linksOfPods = inEveryNetns(['ip', '-oneline', 'link']);

/** Lists the mounts of a node, for {@link coveredFiles}. */
export const mounts: readonly string[] = ['cat', '/proc/self/mountinfo'];

/**
 * The files over which one of ours is mounted.
 *
 * @param listing lines of proc_pid_mountinfo(5): the fourth word is what is mounted, the fifth where
 */
export function coveredFiles(listing: string): readonly string[] {
  return listing.split('\n').flatMap((line) => {
    const [, , , what = '', where = ''] = line.split(' ');
    return what.includes(`/${mark}/`) ? [where] : [];
  });
}

/** The network namespaces of pods with a queue of ours, in what {@link queuesOfPods} prints. */
export function shapedPods(listing: string): readonly string[] {
  let netns = '';
  return listing.split('\n').flatMap((line) => {
    netns = netnsHeading(line) ?? netns;
    return line.startsWith(`qdisc htb ${shaper} dev `) ? [netns] : [];
  });
}

/**
 * Rejects when a fault is in place on one of the nodes: of this run after it was taken out, or of an earlier
 * run on a cluster that was kept.
 *
 * @throws NetproofError `FAULT_LEFT`
 */
export async function leftFaults(nodes: Nodes, names: readonly string[]): Promise<void> {
  const left = await Promise.all(
    names.map(async (node) => {
      const [cpus, listed] = await Promise.all([
        agentCpus(nodes, node),
        runAll(nodes, node, [
          proxyRules,
          ['ip', '-brief', 'link'],
          ['ip', 'route', 'show', 'table', 'all'],
          queuesOfPods,
          linksOfPods,
          listProcesses,
          mounts,
          ...allRules,
        ]),
      ]);
      const [
        proxyRulesListed = '',
        links = '',
        routes = '',
        queues = '',
        ofPods = '',
        processes = '',
        mounted = '',
        ...save
      ] = listed;
      const rules = markedRules(save.join('\n')).map(
        ({ netns, table, chain }) => `a rule in ${table} ${chain}${netns ? ` of netns ${netns}` : ''}`,
      );
      const proxy = markedProxyRules(proxyRulesListed).map(({ chain }) => `a rule in kube-proxy's ${chain}`);
      const devices = links.includes(nowhere) ? [`the device ${nowhere}`] : [];
      const limits = cpus.some(({ limit }) => limit.quota === throttle.quota)
        ? ['the CPU quota of a probe']
        : [];
      const shaped = shapedPods(queues).map((netns) => `a queue in netns ${netns}`);
      const wires = ofPods.includes(wire) ? [`the device ${wire} in a pod`] : [];
      const large = ofPods.includes(` mtu ${tooLarge} `) ? [`an MTU of ${tooLarge} in a pod`] : [];
      const small = routes.includes(` mtu ${tooSmall}`) ? [`a route with an MTU of ${tooSmall}`] : [];
      const covered = coveredFiles(mounted).map((file) => `a file over ${file}`);
      const standing = proxiesIn(processes)
        .filter(({ stands }) => stands)
        .map(({ name }) => `${name}, which stands still`);
      return [
        ...rules,
        ...proxy,
        ...devices,
        ...limits,
        ...shaped,
        ...wires,
        ...large,
        ...small,
        ...covered,
        ...standing,
      ].map((what) => `${node}: ${what}`);
    }),
  );
  refuseLeft(left.flat());
}

/** @throws NetproofError `FAULT_LEFT` when there is anything */
export function refuseLeft(left: readonly string[]): void {
  if (left.length === 0) return;
  throw new NetproofError(`a fault is still in place:\n${left.map((what) => `  ${what}`).join('\n')}`, {
    code: 'FAULT_LEFT',
    exit: exitCode.defect,
    hint: 'this cluster is no longer clean: delete it with: pnpm netproof clean',
  });
}
