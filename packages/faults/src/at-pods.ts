import { type AppliedFault, type Endpoint, type Nodes, netnsOf, within } from '@netproof/core';
import { insertRules, type Rule } from './iptables.ts';

/*
 * Some CNIs lead packets between pods past their nodes' iptables, and past the routes as well. What a pod itself
 * sends and receives passes the iptables of its own network namespace on every CNI.
 */

/** A rule in the network namespace of a pod. */
export interface PodRule extends Omit<Rule, 'node' | 'netns'> {
  readonly pod: Endpoint;
}

/** Inserts rules at the top of their chains in pods. What was inserted is taken out again when one of them fails. */
export async function insertAtPods(nodes: Nodes, rules: readonly PodRule[]): Promise<AppliedFault> {
  const pods = new Map(rules.map(({ pod }) => [pod.id, pod]));
  const netns = await netnsOf(nodes, [...pods.values()]);
  const { effect, revert } = await insertRules(
    nodes,
    rules.map(({ pod, ...rule }) => ({ ...rule, node: pod.node, netns: netns(pod) })),
  );
  return {
    effect,
    async revert() {
      await revert();
      // What a rule did to a connection would outlive it there.
      const emptied = [...pods.values()].map((pod) =>
        nodes.run(pod.node, within(netns(pod), ['conntrack', '-F'])),
      );
      await Promise.all(emptied);
    },
  };
}
