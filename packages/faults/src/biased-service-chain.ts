import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertRules, type Rule } from './iptables.ts';
import { serviceChains } from './service-chains.ts';

export default fault({
  id: 'biased-service-chain',
  story:
    'One backend of a Service gets a fifth of all connections before the others are asked, as wrong probabilities in a proxy do.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  async apply({ nodes }) {
    const rules: Rule[] = [];
    for (const { name: node } of nodes.list) {
      const { stdout } = await nodes.run(node, ['iptables-save', '-t', 'nat']);
      for (const { chain, backends, affinity } of serviceChains(stdout)) {
        if (affinity) continue;
        const spec = ['-m', 'statistic', '--mode', 'random', '--probability', '0.2', '-j', backends[0] ?? ''];
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
