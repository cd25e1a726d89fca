import { type AppliedFault, exitCode, NetproofError, type Nodes } from '@netproof/core';
import { insertRules, type Rule } from './iptables.ts';

export interface ServiceChain {
  /** `netproof-x/web` */
  readonly service: string;
  /** `KUBE-SVC-…` */
  readonly chain: string;
  /** The chains of its backends, `KUBE-SEP-…`, in the order in which they are asked. */
  readonly backends: readonly string[];
  /** Whether it remembers its clients. */
  readonly affinity: boolean;
}

/**
 * The chains in which kube-proxy spreads a Service of netproof over several backends.
 *
 * @param save output of `iptables-save -t nat`
 */
export function serviceChains(save: string): readonly ServiceChain[] {
  const jump = /^-A (KUBE-SVC-\w+) .*--comment "(netproof-[^:"]+)\S* -> \S+".* -j (KUBE-SEP-\w+)$/gm;
  const jumps = [...save.matchAll(jump)].map(([rule, chain = '', service = '', backend = '']) => ({
    rule,
    chain,
    service,
    backend,
  }));
  return [...Map.groupBy(jumps, ({ chain }) => chain)]
    .map(([chain, all]) => ({
      service: all[0]?.service ?? '',
      chain,
      backends: [...new Set(all.map(({ backend }) => backend))],
      affinity: all.some(({ rule }) => rule.includes('-m recent')),
    }))
    .filter(({ backends }) => backends.length > 1);
}

/**
 * Inserts rules at the top of the chains of our Services, with affinity or without, on every node.
 *
 * @param specsOf the rules for a chain with these backends, in the order in which they are inserted: the last is
 *   asked first
 * @throws NetproofError `NO_SERVICE_CHAIN` when no node has such a chain
 */
export async function insertIntoServiceChains(
  nodes: Nodes,
  affinity: boolean,
  specsOf: (backends: readonly string[]) => readonly Rule['spec'][],
): Promise<AppliedFault> {
  const rules: Rule[] = [];
  for (const { name: node } of nodes.list) {
    const { stdout } = await nodes.run(node, ['iptables-save', '-t', 'nat']);
    for (const { chain, backends } of serviceChains(stdout).filter((one) => one.affinity === affinity)) {
      for (const spec of specsOf(backends)) rules.push({ node, table: 'nat', chain, spec });
    }
  }
  if (rules.length > 0) return insertRules(nodes, rules);
  const which = affinity ? 'affinity' : 'several backends';
  throw new NetproofError(`no Service of netproof with ${which} has a KUBE-SVC chain on any node`, {
    code: 'NO_SERVICE_CHAIN',
    exit: exitCode.defect,
  });
}
