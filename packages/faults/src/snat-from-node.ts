import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { podsOn } from './probe-pods.ts';

/** Of TEST-NET-2 (RFC 5737), which is nobody's. The node knows its connections and takes answers to it for its own. */
const former = '198.51.100.1';

/*
 * Only on the way to the node's own pods: an answer of another node's would not find back.
 */
export default fault({
  id: 'snat-from-node',
  story:
    'A node gives all that it says to its pods an address that it no longer has, as an SNAT rule does that nobody changed with it.',
  needs: [feature('PodNetwork'), feature('pods/iptables')],
  apply: ({ nodes, probes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name }) => {
        const own = ['-m', 'addrtype', '--src-type', 'LOCAL', '-d', podsOn(probes.endpoints, name).join()];
        const spec = [...own, '-j', 'SNAT', '--to-source', former];
        return { node: name, table: 'nat' as const, chain: 'POSTROUTING', spec };
      }),
    ),
});
