import assert from 'node:assert/strict';
import type { FaultContext, Nodes } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { proxyTimeouts } from './affinity.ts';
import neverChosen from './backend-never-chosen.ts';
import biased from './biased-service-chain.ts';
import { leftFaults, markedProxyRules } from './marks.ts';
import { proxyChains } from './service-chains.ts';

const ours = 'service-AAA-netproof-x/balanced/tcp/tcp';
const sticky = 'service-BBB-netproof-y/sticky/tcp/tcp';
const dns = 'service-CCC-kube-system/kube-dns/udp/dns';

const tcp = { match: { op: '==', left: { meta: { key: 'l4proto' } }, right: 'tcp' } };
const lot = { numgen: { mode: 'random', mod: 2, offset: 0 } };
const dnat = (...ips: string[]) => {
  const set = ips.map((ip, at) => [at, { concat: [ip, 8080] }]);
  return { dnat: { family: 'ip', addr: { map: { key: lot, data: { set } } } } };
};
const remembered = (endpoint: string) => [
  {
    match: {
      op: '==',
      left: { payload: { protocol: 'ip', field: 'saddr' } },
      right: `@affinity-${endpoint}`,
    },
  },
  { goto: { target: `endpoint-${endpoint}` } },
];
const rule = (chain: string, handle: number, expr: object[], comment?: string) => ({
  rule: { family: 'ip', table: 'kube-proxy', chain, handle, ...(comment && { comment }), expr },
});

/** As `nft -j -a list table ip kube-proxy` gives it, shortened. */
const listing = (...more: object[]) =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { set: { family: 'ip', name: 'cluster-ips', table: 'kube-proxy', type: 'ipv4_addr' } },
      { set: { name: 'affinity-S1-netproof-y/sticky/tcp/tcp__10.1.0.5/8080', timeout: 10_800 } },
      { set: { name: 'affinity-S2-netproof-y/sticky/tcp/tcp__10.1.1.3/8080', timeout: 1 } },
      rule(ours, 119, [tcp, dnat('10.1.0.4', '10.1.1.2')]),
      rule(sticky, 131, remembered('S1')),
      rule(sticky, 132, remembered('S2')),
      rule(sticky, 135, [
        {
          vmap: {
            key: lot,
            data: {
              set: [
                [0, { goto: { target: 'endpoint-S1' } }],
                [1, { goto: { target: 'endpoint-S2' } }],
              ],
            },
          },
        },
      ]),
      rule(dns, 140, [tcp, dnat('10.1.0.2', '10.1.0.3')]),
      rule('service-DDD-netproof-z/alone/tcp/tcp', 141, [tcp, dnat('10.1.0.9')]),
      ...more,
    ],
  });

describe('the chains of Services in nftables mode', () => {
  it('are ours with several backends, and say whether they remember clients', () => {
    assert.deepEqual(proxyChains(listing()), [
      {
        service: 'netproof-x/balanced',
        chain: ours,
        protocol: 'tcp',
        backends: ['dnat to 10.1.0.4:8080', 'dnat to 10.1.1.2:8080'],
        affinity: false,
        lot: 119,
      },
      {
        service: 'netproof-y/sticky',
        chain: sticky,
        protocol: 'tcp',
        backends: ['goto endpoint-S1', 'goto endpoint-S2'],
        affinity: true,
        lot: 135,
      },
    ]);
  });

  it('are none where the proxy has no such table', () => {
    assert.deepEqual(proxyChains(''), []);
  });

  it('say for how long clients are remembered', () => {
    assert.deepEqual(proxyTimeouts(listing()), [10_800, 1]);
  });
});

describe('a fault in the rules of kube-proxy', () => {
  const drop = rule(ours, 200, [{ counter: { packets: 7, bytes: 420 } }, { drop: null }], 'netproof-fault');

  it('is counted, and found where it was left', async () => {
    assert.deepEqual(markedProxyRules(listing(drop)), [{ chain: ours, handle: 200, packets: 7 }]);
    const { nodes } = fakeNodes(listing(drop));
    await assert.rejects(leftFaults(nodes, ['a']), /a: a rule in kube-proxy's service-AAA-netproof-x/);
  });

  it('gives a backend its share before the proxy chooses', async () => {
    const { nodes, inserted } = fakeNodes(listing());
    await biased.apply(contextOf(nodes));
    assert.deepEqual(inserted, [
      `a ${ours} meta l4proto tcp numgen random mod 1000000 < 200000 counter dnat to 10.1.0.4:8080`,
      `b ${ours} meta l4proto tcp numgen random mod 1000000 < 200000 counter dnat to 10.1.0.4:8080`,
    ]);
  });

  it('leaves the first backend out on the last node', async () => {
    const three = rule('service-EEE-netproof-x/three/udp/udp', 300, [
      tcp,
      dnat('10.1.0.1', '10.1.0.2', '10.1.0.3'),
    ]);
    const { nodes, inserted } = fakeNodes(listing(three));
    await neverChosen.apply(contextOf(nodes));
    assert.deepEqual(inserted, [
      `b ${ours} meta l4proto tcp counter dnat to 10.1.1.2:8080`,
      'b service-EEE-netproof-x/three/udp/udp meta l4proto udp numgen random mod 1000000 < 500000 counter dnat to 10.1.0.2:8080',
      'b service-EEE-netproof-x/three/udp/udp meta l4proto udp counter dnat to 10.1.0.3:8080',
    ]);
  });

  it('is refused where no Service of ours is', async () => {
    const { nodes } = fakeNodes('');
    await assert.rejects(biased.apply(contextOf(nodes)), { code: 'NO_SERVICE_CHAIN' });
  });
});

/** Nodes whose nft lists this and remembers what was inserted, in the order in which it is asked. */
function fakeNodes(listed: string): { nodes: Nodes; inserted: string[] } {
  const inserted: string[] = [];
  return {
    inserted,
    nodes: nodesThatRun(
      ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false })),
      (node, argv) => {
        const words = argv.join(' ');
        const [, rest] = /^nft insert rule ip kube-proxy (.*) comment netproof-fault$/.exec(words) ?? [];
        if (rest !== undefined) inserted.unshift(`${node} ${rest}`);
        return words.includes('nft -j -a list') ? listed : '';
      },
    ),
  };
}

const contextOf = (nodes: Nodes) =>
  ({ nodes, cluster: { claims: ['kube-proxy/nftables'] } }) as unknown as FaultContext;
