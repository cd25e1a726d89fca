import {
  type AppliedFault,
  allEnded,
  inEveryNetns,
  type Nodes,
  runAll,
  runOnEach,
  within,
} from '@netproof/core';
import { leftFaults, type MarkedRule, mark, markedRules, savedRules } from './marks.ts';

export interface Rule {
  readonly node: string;
  /** A network namespace of that node, by its name; the node's own without it. */
  readonly netns?: string;
  readonly table: 'nat' | 'filter' | 'mangle';
  readonly chain: string;
  /** Matches and jump, without table, chain and comment. */
  readonly spec: readonly string[];
}

/** Inserts rules at the top of their chains. What was inserted is taken out again when one of them fails. */
export async function insertRules(nodes: Nodes, rules: readonly Rule[]): Promise<AppliedFault> {
  const names = [...new Set(rules.map(({ node }) => node))];
  // By what is there, not by what we remember: a command that we gave up may have run, and kube-proxy may have
  // written a chain anew.
  const revert = async (): Promise<void> => {
    await allEnded(
      names.map(async (node) => {
        const marked = markedRules(await savedRules(nodes, node));
        await runAll(nodes, node, marked.map(removal));
      }),
    );
    await leftFaults(nodes, names);
  };
  try {
    await runOnEach(nodes, rules.map(insertion));
  } catch (error) {
    await revert();
    throw error;
  }
  return { effect: () => packets(nodes, rules), revert };
}

function insertion({ node, netns, table, chain, spec }: Rule) {
  const comment = ['-m', 'comment', '--comment', mark];
  return { node, argv: within(netns, ['iptables', '-w', '-t', table, '-I', chain, ...spec, ...comment]) };
}

function removal({ netns, table, chain, spec }: MarkedRule): readonly string[] {
  return within(netns, ['iptables', '-w', '-t', table, '-D', chain, ...spec]);
}

/** The packets that our rules have counted, over all nodes. Those of a node's pods are read at once. */
async function packets(nodes: Nodes, rules: readonly Rule[]): Promise<number> {
  const places = new Map(rules.map((rule) => [`${rule.node} ${rule.table} ${rule.chain}`, rule]));
  const own = [...places.values()].filter(({ netns }) => netns === undefined);
  const withPods = new Set(rules.filter(({ netns }) => netns !== undefined).map(({ node }) => node));
  const counts = [
    ...own.map(async ({ node, table, chain }) => {
      const listing = ['iptables', '-w', '-t', table, '-L', chain, '-v', '-n', '-x'];
      return packetsOfMarked((await nodes.run(node, listing)).stdout);
    }),
    ...[...withPods].map(async (node) =>
      packetsOfSaved((await nodes.run(node, inEveryNetns(['iptables-save', '-c']))).stdout),
    ),
  ];
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Sums the packets of our rules in the output of `iptables-save -c`: `[17:1020] -A INPUT … --comment netproof-fault`. */
export function packetsOfSaved(save: string): number {
  const rule = new RegExp(`^\\[(\\d+):\\d+\\] -A .* --comment ${mark}( |$)`, 'gm');
  return [...save.matchAll(rule)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Sums the first column (packets) of the lines of `iptables -L -v -x` that carry our comment. */
export function packetsOfMarked(listing: string): number {
  return listing
    .split('\n')
    .filter((line) => line.includes(`/* ${mark} */`))
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0);
}
