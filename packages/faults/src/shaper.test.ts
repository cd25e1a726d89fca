import assert from 'node:assert/strict';
import type { Endpoint, FaultContext, Nodes } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { leftFaults } from './marks.ts';
import { meanOf } from './round-trip.ts';
import shaped from './shaped-between-nodes.ts';
import { overlimits } from './shaper.ts';

const pod = (id: string, node: string, ip: string): Endpoint => ({ kind: 'pod', id, node, ip, labels: {} });
const answered = (mean: number) =>
  `20 packets transmitted, 20 received, 0% packet loss, time 99ms\nrtt min/avg/max/mdev = 0.1/${mean}/9.9/0.1 ms`;

/** Nodes that remember the queues of their pods; a ping takes the given time in one, and 0.2 ms without. */
function contextWith(inQueue: number): { context: FaultContext; nodes: Nodes; queues: Set<string> } {
  const queues = new Set<string>();
  const endpoints = [pod('x/a', 'a', '10.1.0.2'), pod('y/a', 'a', '10.1.0.3'), pod('x/b', 'b', '10.1.1.2')];
  const say = (node: string, argv: readonly string[]): string => {
    const text = argv.join(' ');
    const pods = endpoints.filter((one) => one.node === node).map(({ ip }) => ip);
    const netns = /netns exec cni-(\S+)/.exec(text)?.[1] ?? '';
    if (text.startsWith('every netns: ip'))
      return pods.map((ip) => `netns: cni-${ip}\n2: eth0 inet ${ip}/24`).join('\n');
    if (text.includes('tc qdisc add dev eth0')) queues.add(netns);
    if (text.includes('tc qdisc del dev eth0')) assert(queues.delete(netns), 'there was no queue');
    if (text.includes(' ping ')) return answered(queues.size > 0 ? inQueue : 0.2);
    if (text.includes('qdisc show')) {
      const queue = 'qdisc htb fa11: dev eth0 root refcnt 3 r2q 10';
      return pods.map((ip) => `netns: cni-${ip}\n${queues.has(ip) ? queue : ''}`).join('\n');
    }
    return '';
  };
  const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
  const nodes = nodesThatRun(list, say);
  const context = { nodes, probes: { endpoints }, cluster: { podSubnet: '10.1.0.0/16' } };
  return { context: context as unknown as FaultContext, nodes, queues };
}

describe('a fault made of queues', () => {
  it('is at every pod, is found there, and on none after it was reverted', async () => {
    const { context, nodes, queues } = contextWith(8);
    const applied = await shaped.apply(context);
    assert.equal(queues.size, 3);
    await assert.rejects(
      leftFaults(nodes, ['a', 'b']),
      /a: a queue in netns cni-10\.1\.0\.2\n {2}a: a queue in netns cni-10\.1\.0\.3\n {2}b: /,
    );
    await applied.revert();
    assert.equal(queues.size, 0);
    await applied.revert();
  });

  it('is taken out and told where a ping does not wait', async () => {
    const { context, queues } = contextWith(0.4);
    await assert.rejects(shaped.apply(context), /0\.2 ms longer/);
    assert.equal(queues.size, 0);
  });

  it('counts what waited, in its own queues only', () => {
    const listing = [
      'qdisc noqueue 0: dev lo root refcnt 2 ',
      ' Sent 0 bytes 0 pkt (dropped 0, overlimits 9 requeues 0) ',
      'qdisc htb fa11: dev eth0 root refcnt 3 r2q 10 default 0 direct_packets_stat 1171 direct_qlen 1000',
      ' Sent 96771 bytes 1175 pkt (dropped 0, overlimits 41 requeues 0) ',
      'qdisc htb fa11: dev veth1 root refcnt 3 r2q 10 default 0',
      ' Sent 96771 bytes 1175 pkt (dropped 0, overlimits 2 requeues 0) ',
      ' backlog 0b 0p requeues 0',
    ].join('\n');
    assert.equal(overlimits(listing), 43);
  });
});

describe('the mean of a ping', () => {
  it('is read where all were answered, and nowhere else', () => {
    assert.equal(meanOf(answered(3.875)), 3.875);
    assert.throws(() => meanOf(answered(1).replace(' 0%', ' 5%')), /not answered/);
    assert.throws(() => meanOf(''), /not answered/);
  });
});
