import { fault, feature, type Nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { ownAddresses } from './own-addresses.ts';
import { podsOn } from './probe-pods.ts';

/** Of TEST-NET-2 (RFC 5737), which is nobody's. The node knows its connections and takes answers to it for its own. */
const former = '198.51.100.1';

/*
 * Only on the way to the node's own pods: an answer of another node's would not find back.
 */
export default fault({
  id: 'snat-from-node',
  story:
    'A node gives all that it says to its pods another address, one of its own or one that it has had, as an SNAT rule for everything from local addresses does.',
  needs: [feature('PodNetwork')],
  async apply({ nodes, probes }) {
    const rules = nodes.list.map(async ({ name }) => {
      const pods = podsOn(probes.endpoints, name);
      const from = ['-m', 'addrtype', '--src-type', 'LOCAL', '-d', pods.join()];
      const spec = [...from, '-j', 'SNAT', '--to-source', await anotherAddress(nodes, name, pods[0] ?? '')];
      return { node: name, table: 'nat' as const, chain: 'POSTROUTING', spec };
    });
    return insertRules(nodes, await Promise.all(rules));
  },
});

/** An address of a node that it does not speak from to this pod; where it has none, one that nobody has. */
async function anotherAddress(nodes: Nodes, node: string, pod: string): Promise<string> {
  const { stdout } = await nodes.run(node, ['ip', '-json', 'route', 'get', pod]);
  const [route] = JSON.parse(stdout) as { prefsrc?: string }[];
  return (await ownAddresses(nodes, node)).find((address) => address !== route?.prefsrc) ?? former;
}
