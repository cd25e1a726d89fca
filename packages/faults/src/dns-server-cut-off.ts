import {
  exitCode,
  fault,
  feature,
  inEveryNetns,
  NetproofError,
  type Nodes,
  netnsHeading,
} from '@netproof/core';
import { insertRules } from './iptables.ts';
import { podsOn } from './probe-pods.ts';

export default fault({
  id: 'dns-server-cut-off',
  story:
    "One of the cluster's DNS servers is closed to what the pods of one node ask over UDP, and the others are open, as where a firewall knows only some of them.",
  needs: [feature('PodNetwork'), feature('Services')],
  async apply({ nodes, probes }) {
    const [server] = await dnsServers(nodes);
    const from = nodes.list.at(-1)?.name ?? '';
    if (server === undefined) {
      throw new NetproofError('in no pod of any node somebody listens at UDP port 53', {
        code: 'NO_DNS_SERVER',
        exit: exitCode.defect,
      });
    }
    const spec = ['-s', podsOn(probes.endpoints, from).join(), '-p', 'udp', '--dport', '53', '-j', 'REJECT'];
    return insertRules(nodes, [{ ...server, table: 'filter', chain: 'INPUT', spec }]);
  },
});

interface Place {
  readonly node: string;
  readonly netns: string;
}

/** The pods in which somebody listens at UDP port 53: where they are is the scheduler's affair. */
async function dnsServers(nodes: Nodes): Promise<readonly Place[]> {
  const all = nodes.list.map(async ({ name: node }) => {
    const { stdout } = await nodes.run(node, inEveryNetns(['ss', '-H', '-lun', 'sport', '=', ':53']));
    let netns = '';
    return stdout.split('\n').flatMap((line): Place[] => {
      const heading = netnsHeading(line);
      netns = heading ?? netns;
      return heading === undefined && line !== '' ? [{ node, netns }] : [];
    });
  });
  return (await Promise.all(all)).flat();
}
