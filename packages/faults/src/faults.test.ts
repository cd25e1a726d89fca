import assert from 'node:assert/strict';
import { type Endpoint, type FaultContext, hostPortLabel, type Nodes } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { choicesIn, timeouts } from './affinity.ts';
import { packetsOfMarked, packetsOfSaved } from './iptables.ts';
import { leftFaults, markedRules } from './marks.ts';
import masquerade from './masquerade-between-nodes.ts';
import newConnectionTakenForOld from './new-connection-taken-for-old.ts';
import policyTargetsDead from './policy-targets-dead.ts';
import { podsOn } from './probe-pods.ts';
import { serviceChains } from './service-chains.ts';
import targetPortsCrossed from './target-ports-crossed.ts';

/** Nodes whose iptables refuse on the named node, and which remember what they were told. */
function fakeNodes(refusing?: string): { nodes: Nodes; rules: Set<string> } {
  const rules = new Set<string>();
  const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
  const saved = (node: string) =>
    [...rules].filter((one) => one.startsWith(`${node} `)).map((one) => one.slice(2));
  return {
    rules,
    nodes: nodesThatRun(list, (node, argv) => {
      const rule = `${node} -A ${argv.slice(argv.indexOf('POSTROUTING')).join(' ')}`;
      if (argv.includes('-I') && node === refusing) throw new Error('iptables: no');
      if (argv.includes('-I')) rules.add(rule);
      if (argv.includes('route')) return '[{"dev":"flannel.1"}]';
      if (argv.includes('-D')) assert(rules.delete(rule), 'a rule was removed that was not there');
      return argv[0] === 'iptables-save' ? ['*nat', ...saved(node), 'COMMIT'].join('\n') : '';
    }),
  };
}

const pods = ['a', 'b'].map((node) => ({ kind: 'pod', id: `x/${node}`, node, ip: '10.1.0.2', labels: {} }));
const contextOf = (nodes: Nodes) =>
  ({
    nodes,
    probes: { endpoints: pods },
    cluster: { podSubnet: '10.1.0.0/16', claims: ['pods/iptables'] },
  }) as unknown as FaultContext;

describe('a fault made of rules', () => {
  it('is on every node, and on none after it was reverted', async () => {
    const { nodes, rules } = fakeNodes();
    const applied = await masquerade.apply(contextOf(nodes));
    assert.equal(rules.size, 2);
    for (const rule of rules) assert.match(rule, / -d 10\.1\.0\.2 -j MASQUERADE /);
    await applied.revert();
    assert.equal(rules.size, 0);
    await applied.revert();
  });

  it('is taken out as well where somebody has removed a rule before', async () => {
    const { nodes, rules } = fakeNodes();
    const applied = await masquerade.apply(contextOf(nodes));
    rules.delete([...rules][0] ?? '');
    await applied.revert();
    assert.equal(rules.size, 0);
  });

  it('that is still there is told', async () => {
    const { nodes } = fakeNodes();
    await masquerade.apply(contextOf(nodes));
    await assert.rejects(
      leftFaults(nodes, ['a', 'b']),
      /still in place:\n {2}a: a rule in nat POSTROUTING\n {2}b: /,
    );
  });

  it('leaves nothing on the first node when the second refuses', async () => {
    const { nodes, rules } = fakeNodes('b');
    await assert.rejects(masquerade.apply(contextOf(nodes)), /iptables: no/);
    assert.equal(rules.size, 0);
  });

  it('is found in the network of a pod, and told apart from the same on its node', () => {
    const save = `*nat
-A OUTPUT -o lo -m comment --comment netproof-fault -j REDIRECT
COMMIT

netns: cni-1
*filter
-A INPUT -p tcp -j DROP
COMMIT

netns: cni-2
*nat
-A OUTPUT -o lo -m comment --comment netproof-fault -j REDIRECT
COMMIT`;
    const spec = ['-o', 'lo', '-m', 'comment', '--comment', 'netproof-fault', '-j', 'REDIRECT'];
    assert.deepEqual(markedRules(save), [
      { table: 'nat', chain: 'OUTPUT', spec },
      { netns: 'cni-2', table: 'nat', chain: 'OUTPUT', spec },
    ]);
  });

  it('counts the packets of its own rules only, in pods too', () => {
    const save = [
      'netns: cni-1',
      '[17:1020] -A INPUT -s 10.1.0.2/32 -p udp -m comment --comment netproof-fault -j DROP',
      '[3:180] -A INPUT -s 10.1.0.2/32 -m comment --comment netproof-fault',
      '[400:24000] -A INPUT -p udp -j DROP',
    ];
    assert.equal(packetsOfSaved(save.join('\n')), 20);

    const listing = `Chain POSTROUTING (policy ACCEPT 9 packets, 540 bytes)
    pkts      bytes target     prot opt in     out     source               destination
      17     1020 MASQUERADE  0    --  *      eth0    10.1.0.0/16          10.1.0.0/16          /* netproof-fault */
     400    24000 KUBE-POSTROUTING  0    --  *      *       0.0.0.0/0            0.0.0.0/0   /* kubernetes postrouting rules */
       3      180 MASQUERADE  0    --  *      eth0    10.1.0.0/16          10.1.0.0/16          /* netproof-fault */`;
    assert.equal(packetsOfMarked(listing), 20);
  });
});

describe('the addresses of probe pods', () => {
  const at = (kind: Endpoint['kind'], node: string, ip: string): Endpoint => ({
    kind,
    id: ip,
    node,
    ip,
    labels: {},
  });

  it('are those of one node and not its own', () => {
    const here = [at('pod', 'a', '10.1.0.2'), at('pod', 'a', '10.1.0.3'), at('node', 'a', '172.18.0.2')];
    assert.deepEqual(podsOn([at('pod', 'b', '10.1.1.2'), ...here], 'a'), ['10.1.0.2', '10.1.0.3']);
  });
});

describe('dead targets', () => {
  it('are deaf to all others, on every port that they serve, and not to themselves', async () => {
    const inserted: string[] = [];
    const nodes = nodesThatRun([], (node, argv) => {
      if (argv.includes('-I')) inserted.push(`${node}: ${argv.join(' ')}`);
      return argv.includes('address') ? `netns: cni-${node}\n2: eth0    inet 10.1.0.2/24 scope global` : '';
    });
    const others = [{ kind: 'node', id: 'node/a', node: 'a', ip: '172.18.0.2', labels: {} }];
    const probes = { endpoints: [...pods, ...others], served: [8080, 8081, 8082] };
    await policyTargetsDead.apply({ nodes, probes } as unknown as FaultContext);
    const rule = (pod: string, protocol: string) =>
      `${pod}: ip netns exec cni-${pod} iptables -w -t filter -I INPUT ! -i lo -p ${protocol} --dport 8080:8082 -j DROP -m comment --comment netproof-fault`;
    assert.deepEqual(inserted, [rule('a', 'tcp'), rule('a', 'udp'), rule('b', 'tcp'), rule('b', 'udp')]);
  });
});

describe('crossed target ports', () => {
  it('are those of one Service both ways where it has several, and else the first that is served', async () => {
    const inserted: string[] = [];
    const nodes = nodesThatRun([], (_node, argv) => {
      if (argv.includes('-I'))
        inserted.push(argv.slice(argv.indexOf('-p'), argv.indexOf('--comment') - 2).join(' '));
      return argv.includes('address') ? 'netns: cni-a\n2: eth0    inet 10.1.0.2/24 scope global' : '';
    });
    const service = (...targets: (number | string)[]) => ({
      spec: { ports: targets.map((targetPort) => ({ targetPort })) },
    });
    const objects = {
      services: async () => [service(8080, 8081), service(8083, 8083, 8092, 8092), service(8084, 'web')],
    };
    const probes = { endpoints: pods.slice(0, 1), served: [8080, 8081] };
    await targetPortsCrossed.apply({ nodes, objects, probes } as unknown as FaultContext);
    const rule = (protocol: string, ports: string, to: number) =>
      `-p ${protocol} -m multiport --dports ${ports} -j REDIRECT --to-ports ${to}`;
    assert.deepEqual(
      inserted,
      (
        [
          ['8081,8084', 8080],
          ['8083', 8092],
          ['8092', 8083],
        ] as const
      ).flatMap(([ports, to]) => [rule('tcp', ports, to), rule('udp', ports, to)]),
    );
  });
});

describe('a new connection that is taken for an old one', () => {
  it('is lost on one node, after those by the hostPort were counted', async () => {
    const inserted: string[] = [];
    const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
    const nodes = nodesThatRun(list, (node, argv) => {
      if (argv.includes('-I')) inserted.push(`${node}: ${argv.join(' ')}`);
      return '';
    });
    const open = pods.map((pod) => ({ ...pod, labels: { [hostPortLabel]: '18080' } }));
    const probes = { endpoints: [...pods, ...open] };
    await newConnectionTakenForOld.apply({ nodes, probes } as unknown as FaultContext);
    assert.deepEqual(inserted, [
      'a: iptables -w -t mangle -I FORWARD -d 10.1.0.2 -p tcp --syn --dport 8085 -m hashlimit --hashlimit-name netproof --hashlimit-mode srcip,srcport --hashlimit-above 1/minute --hashlimit-burst 1 -m conntrack ! --ctstate DNAT -j DROP -m comment --comment netproof-fault',
    ]);
  });
});

describe('the chains of Services', () => {
  it('are ours with several backends, and say whether they remember clients', () => {
    const save = `-A KUBE-SVC-AAA ! -s 10.1.0.0/16 -d 10.96.0.9/32 -p tcp -m comment --comment "netproof-x/balanced:tcp cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-AAA -m comment --comment "netproof-x/balanced:tcp -> 10.1.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-ONE
-A KUBE-SVC-AAA -m comment --comment "netproof-x/balanced:tcp -> 10.1.1.2:8080" -j KUBE-SEP-TWO
-A KUBE-SVC-DNS -m comment --comment "kube-system/kube-dns:dns -> 10.1.0.4:53" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-D1
-A KUBE-SVC-DNS -m comment --comment "kube-system/kube-dns:dns -> 10.1.0.5:53" -j KUBE-SEP-D2
-A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.0.2:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-S1 --mask 255.255.255.255 --rsource -j KUBE-SEP-S1
-A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.1.2:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-S2 --mask 255.255.255.255 --rsource -j KUBE-SEP-S2
-A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-S1
-A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.1.2:8080" -j KUBE-SEP-S2
-A KUBE-SVC-BBB -m comment --comment "netproof-y/single:tcp -> 10.1.0.3:8080" -j KUBE-SEP-LONE`;
    assert.deepEqual(serviceChains(save), [
      {
        service: 'netproof-x/balanced',
        chain: 'KUBE-SVC-AAA',
        backends: ['KUBE-SEP-ONE', 'KUBE-SEP-TWO'],
        affinity: false,
      },
      {
        service: 'netproof-y/sticky',
        chain: 'KUBE-SVC-CCC',
        backends: ['KUBE-SEP-S1', 'KUBE-SEP-S2'],
        affinity: true,
      },
    ]);
  });
});

describe('affinity in the rules of kube-proxy', () => {
  const rules = (
    seconds: number,
  ) => `[9:540] -A KUBE-SVC-CCC ! -s 10.1.0.0/16 -d 10.96.0.8/32 -p tcp -m comment --comment "netproof-y/sticky:tcp cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
[80:4800] -A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.0.2:8080" -m recent --rcheck --seconds ${seconds} --reap --name KUBE-SEP-S1 --mask 255.255.255.255 --rsource -j KUBE-SEP-S1
[70:4200] -A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.1.2:8080" -m recent --rcheck --seconds ${seconds} --reap --name KUBE-SEP-S2 --mask 255.255.255.255 --rsource -j KUBE-SEP-S2
[3:180] -A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-S1
[4:240] -A KUBE-SVC-CCC -m comment --comment "netproof-y/sticky:tcp -> 10.1.1.2:8080" -j KUBE-SEP-S2
[50:3000] -A KUBE-SVC-AAA -m comment --comment "netproof-x/balanced:tcp -> 10.1.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-ONE
[50:3000] -A KUBE-SVC-AAA -m comment --comment "netproof-x/balanced:tcp -> 10.1.1.2:8080" -j KUBE-SEP-TWO`;

  it('counts the connections that got a backend by lot, of Services with affinity only', () => {
    assert.equal(choicesIn(rules(1)), 7);
  });

  it('says for how long clients are remembered', () => {
    assert.deepEqual(timeouts(rules(10_800).replaceAll(/^\[\d+:\d+\] /gm, '')), [10_800, 10_800]);
  });
});
