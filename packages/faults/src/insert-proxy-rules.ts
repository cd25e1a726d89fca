import { type AppliedFault, allEnded, type Nodes, runAll, runOnEach } from '@netproof/core';
import { leftFaults, type MarkedProxyRule, mark, markedProxyRules } from './marks.ts';
import { proxyRules } from './proxy-rules.ts';

/** A rule for a chain of kube-proxy's own table of nftables. */
export interface ProxyRule {
  readonly node: string;
  readonly chain: string;
  /** The handle of the rule before which it goes; without it, before all. */
  readonly before?: number;
  /** What it matches, in the words of nft(8). */
  readonly match: readonly string[];
  /** What becomes of what it has counted; without it, what would have without the rule. */
  readonly verdict?: readonly string[];
}

/** Inserts rules, in their order. What was inserted is taken out again when one of them fails. */
export async function insertProxyRules(nodes: Nodes, rules: readonly ProxyRule[]): Promise<AppliedFault> {
  const names = [...new Set(rules.map(({ node }) => node))];
  // By what is there: kube-proxy may have written a chain anew.
  const revert = async (): Promise<void> => {
    await allEnded(
      names.map(async (node) => {
        const marked = await markedOn(nodes, node);
        const deletion = ['nft', 'delete', 'rule', 'ip', 'kube-proxy'];
        await runAll(
          nodes,
          node,
          marked.map(({ chain, handle }) => [...deletion, chain, 'handle', `${handle}`]),
        );
      }),
    );
    await leftFaults(nodes, names);
  };
  try {
    // Each goes to the top of its chain, so the first comes last.
    await runOnEach(nodes, rules.toReversed().map(insertion));
  } catch (error) {
    await revert();
    throw error;
  }
  return {
    async effect() {
      const all = await Promise.all(names.map((node) => markedOn(nodes, node)));
      return all.flat().reduce((sum, { packets }) => sum + packets, 0);
    },
    revert,
  };
}

function insertion({ node, chain, before, match, verdict = [] }: ProxyRule) {
  const at = before === undefined ? [] : ['handle', `${before}`];
  const rule = [...match, 'counter', ...verdict, 'comment', mark];
  return { node, argv: ['nft', 'insert', 'rule', 'ip', 'kube-proxy', chain, ...at, ...rule] };
}

async function markedOn(nodes: Nodes, node: string): Promise<readonly MarkedProxyRule[]> {
  return markedProxyRules((await nodes.run(node, proxyRules)).stdout);
}
