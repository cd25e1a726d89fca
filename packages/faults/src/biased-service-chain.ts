import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertRules, type Rule } from './iptables.ts';

export default fault({
  id: 'biased-service-chain',
  story:
    'One backend of a Service gets a fifth of all connections before the others are asked, as wrong probabilities in a proxy do.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  async apply({ nodes }) {
    const rules: Rule[] = [];
    for (const { name: node } of nodes.list) {
      const { stdout } = await nodes.run(node, ['iptables-save', '-t', 'nat']);
      for (const { chain, firstBackend } of balancedChains(stdout)) {
        const spec = ['-m', 'statistic', '--mode', 'random', '--probability', '0.2', '-j', firstBackend];
        rules.push({ node, table: 'nat', chain, spec });
      }
    }
    if (rules.length === 0) {
      throw new NetproofError(
        'no Service of netproof with several backends has a KUBE-SVC chain on any node',
        {
          code: 'NO_SERVICE_CHAIN',
          exit: exitCode.defect,
        },
      );
    }
    return insertRules(nodes, rules);
  },
});

/** The chains in which kube-proxy spreads a Service of netproof over several backends. */
export function balancedChains(save: string): readonly { chain: string; firstBackend: string }[] {
  const backends = new Map<string, string[]>();
  const jump = /^-A (KUBE-SVC-\w+) .*--comment "netproof-\S+ -> \S+".* -j (KUBE-SEP-\w+)$/gm;
  for (const [, chain = '', backend = ''] of save.matchAll(jump)) {
    backends.set(chain, [...(backends.get(chain) ?? []), backend]);
  }
  return [...backends]
    .filter(([, all]) => all.length > 1)
    .map(([chain, [firstBackend = '']]) => ({ chain, firstBackend }));
}
