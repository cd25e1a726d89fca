import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertRules, type Rule } from './iptables.ts';
import { serviceChains } from './service-chains.ts';

export default fault({
  id: 'affinity-forgotten',
  story: 'A proxy spreads every connection of a Service anew although it has sessionAffinity ClientIP.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  async apply({ nodes }) {
    const rules: Rule[] = [];
    for (const { name: node } of nodes.list) {
      const { stdout } = await nodes.run(node, ['iptables-save', '-t', 'nat']);
      for (const { chain, backends, affinity } of serviceChains(stdout)) {
        if (!affinity) continue;
        // Inserted at the top, so the last of them is asked first: half to one backend, the rest to another.
        const [one = '', other = ''] = backends;
        const half = ['-m', 'statistic', '--mode', 'random', '--probability', '0.5'];
        rules.push({ node, table: 'nat', chain, spec: ['-j', other] });
        rules.push({ node, table: 'nat', chain, spec: [...half, '-j', one] });
      }
    }
    if (rules.length === 0) {
      throw new NetproofError('no Service of netproof with affinity has a KUBE-SVC chain on any node', {
        code: 'NO_SERVICE_CHAIN',
        exit: exitCode.defect,
      });
    }
    return insertRules(nodes, rules);
  },
});
