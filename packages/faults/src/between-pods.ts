import type { AppliedFault, Endpoint, FaultContext, NodeFacts } from '@netproof/core';
import { insertAtPods, type PodRule } from './at-pods.ts';
import { insertRules } from './iptables.ts';
import { ownAddresses } from './own-addresses.ts';

/** What the probe pods of one node say to those of others, or to each other. */
export interface Way {
  readonly from: NodeFacts;
  readonly to: readonly NodeFacts[];
  /** What of it, in the words of iptables(8); all of it without. */
  readonly match?: readonly string[];
}

/**
 * Drops it: on the node that it comes from, or where that node's iptables are passed around, where it comes to. There
 * it includes what the node itself says, or has given its own address on the way to a NodePort.
 */
export async function dropBetween(context: FaultContext, ways: readonly Way[]): Promise<AppliedFault> {
  const { nodes, probes } = context;
  if (passesNode(context)) {
    return insertRules(
      nodes,
      ways.map(({ from, to, match = [] }) => ({
        node: from.name,
        // Not in filter, where a CNI may accept what belongs to a connection before us.
        table: 'mangle' as const,
        chain: 'FORWARD',
        spec: [...endsOf(probes.endpoints, from, to), ...match, '-j', 'DROP'],
      })),
    );
  }
  const rules = ways.map(async ({ from, to, match = [] }) => {
    const own = await ownAddresses(nodes, from.name);
    return podsOf(probes.endpoints, to).flatMap((pod) =>
      [
        ['-s', sourcesFor(pod, context, from).join()],
        // Not what the node answers: that it was asked is no part of the way.
        ['-s', own.join(), '-m', 'conntrack', '--ctstate', 'NEW'],
      ].map((which): PodRule => {
        const spec = [...which, ...match, '-j', 'DROP'];
        return { pod, table: 'filter', chain: 'INPUT', spec };
      }),
    );
  });
  return insertAtPods(nodes, (await Promise.all(rules)).flat());
}

/** Gives it the address of the node that it comes from; there, or where it comes to as above. */
export async function masqueradeBetween(context: FaultContext, ways: readonly Way[]): Promise<AppliedFault> {
  const { nodes, probes } = context;
  if (passesNode(context)) {
    return insertRules(
      nodes,
      ways.map(({ from, to, match = [] }) => ({
        node: from.name,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        spec: [...endsOf(probes.endpoints, from, to), ...match, '-j', 'MASQUERADE'],
      })),
    );
  }
  return insertAtPods(
    nodes,
    ways.flatMap(({ from, to, match = [] }) =>
      podsOf(probes.endpoints, to).map((pod): PodRule => {
        const spec = [
          '-s',
          sourcesFor(pod, context, from).join(),
          ...match,
          '-j',
          'SNAT',
          '--to-source',
          from.ip,
        ];
        return { pod, table: 'nat', chain: 'INPUT', spec };
      }),
    ),
  );
}

/** Whether what pods send and receive passes the iptables of their nodes. */
export function passesNode({ cluster: { claims } }: FaultContext): boolean {
  return claims.includes('pods/iptables');
}

function podsOf(endpoints: readonly Endpoint[], nodes: readonly NodeFacts[]): readonly Endpoint[] {
  return endpoints.filter(({ kind, node }) => kind === 'pod' && nodes.some(({ name }) => name === node));
}

function endsOf(endpoints: readonly Endpoint[], from: NodeFacts, to: readonly NodeFacts[]) {
  const addresses = (nodes: readonly NodeFacts[]) => podsOf(endpoints, nodes).map(({ ip }) => ip);
  return ['-s', addresses([from]).join(), '-d', addresses(to).join()];
}

/** Not the pod itself: what it says to itself is on no way. */
function sourcesFor(pod: Endpoint, { probes }: FaultContext, from: NodeFacts): readonly string[] {
  return podsOf(probes.endpoints, [from]).flatMap(({ id, ip }) => (id === pod.id ? [] : [ip]));
}
