import assert from 'node:assert/strict';
import type { Cell, Endpoint, Sample } from '@netproof/core';
import { targetOf } from '@netproof/core';
import { filterOf } from './capture.ts';
import { entriesOf } from './conntrack.ts';
import { counted } from './counters.ts';
import { eventsOf } from './events.ts';
import { expectedAndObserved } from './expected-observed.ts';
import { concerned } from './logs.ts';
import { addressesOf, concernedPairs, inWords, nodesOf } from './pairs.ts';
import { traced } from './trace.ts';

const endpoint = (id: string, node: string, ip: string): Endpoint => ({
  kind: 'pod',
  id,
  node,
  ip,
  labels: {},
});
const a = endpoint('x/a', 'one', '10.1.0.2');
const b = endpoint('x/b', 'two', '10.1.1.2');
const c = endpoint('x/c', 'two', '10.1.1.3');
const tcp = { protocol: 'TCP', port: 8080 } as const;
const cell = (source: Endpoint, target: Endpoint): Cell => ({
  source,
  target: targetOf(target),
  port: tcp,
  verdict: 'dropped',
  attempts: 3,
  answered: 0,
});

describe('what was expected and observed', () => {
  it('of a sample is how its connections ended, and who answered them', () => {
    const text = expectedAndObserved({
      check: {
        id: 's/c',
        requirement: 'It MUST.',
        source: 'RFC',
        needs: [],
        reddenedBy: { must: [] },
        run: async () => {},
      },
      fault: undefined,
      outcome: {
        check: 's/c',
        result: 'fail',
        ms: 1,
        judgement: {
          findings: [
            {
              kind: 'fail',
              message: 'uneven',
              sample: {
                source: a,
                target: { label: 'Service x/web', address: '10.96.0.9', servers: ['x/b', 'x/c'] },
                port: tcp,
                servers: ['x/c', 'x/b', null, 'x/c'],
                verdicts: { connected: 3, dropped: 1 },
                ms: 1,
              },
            },
          ],
          judged: 1,
          statistics: [],
          observations: [],
          metrics: [],
        },
      },
    });
    assert.match(text, /4 connections: 3 connected, 1 dropped; answered by x\/b 1, x\/c 2/);
  });
});

describe('the pairs of a judgement', () => {
  const service = { label: 'Service x/web', address: '10.96.0.9', servers: ['x/b', 'x/c', 'gone/z'] };
  const sample: Sample = { source: a, target: service, port: tcp, servers: [], verdicts: {}, ms: 1 };

  it('are one of each kind, what is proved first', () => {
    const findings = [
      { kind: 'error', message: '', cells: [cell(b, a)] },
      { kind: 'fail', message: '', cells: [cell(a, b), cell(a, c)] },
      { kind: 'fail', message: '', sample },
    ] as const;
    const pairs = concernedPairs({ findings }, 5);
    assert.deepEqual(
      pairs.map(({ source, target, sampled }) => [source.id, target.label, sampled]),
      [
        ['x/a', 'x/b', false],
        ['x/a', 'Service x/web', true],
        ['x/b', 'x/a', false],
      ],
    );
    assert.equal(concernedPairs({ findings }, 2).length, 2);
  });

  it('are lookups too, by their nameserver', () => {
    const lookup = {
      source: a,
      question: { name: 'web.x.svc', type: 'A' },
      transport: 'TCP',
      name: 'web.x.svc.cluster.local.',
      server: '10.96.0.10',
      verdict: 'answered',
      text: 'NXDOMAIN',
    } as const;
    const findings = [{ kind: 'fail', message: '', lookups: [{ ...lookup, server: '' }, lookup] }] as const;
    const [pair, ...rest] = concernedPairs({ findings }, 5);
    assert.deepEqual(rest, []);
    assert.equal(
      pair && inWords(pair),
      'x/a (10.1.0.2) on one → nameserver (10.96.0.10), TCP 53, web.x.svc A',
    );
    assert.deepEqual(pair && addressesOf(pair, [a]), ['10.1.0.2', '10.96.0.10']);
  });

  it('reach as far as the backends of a Service', () => {
    const pair = { source: a, target: service, port: tcp, sampled: true };
    assert.deepEqual(nodesOf(pair, [a, b, c]), ['one', 'two']);
    assert.deepEqual(addressesOf(pair, [a, b, c]), ['10.1.0.2', '10.96.0.9', '10.1.1.2', '10.1.1.3']);
  });

  it('reach over the node that forwards a node port', () => {
    const three: Endpoint = { ...endpoint('node/three', 'three', '172.18.0.5'), kind: 'node' };
    const target = { label: 'NodePort of x/web at three', address: '172.18.0.5', servers: ['x/b'] };
    const pair = { source: a, target, port: tcp, sampled: true };
    assert.deepEqual(nodesOf(pair, [a, b, three]), ['one', 'three', 'two']);
  });

  it('make a filter that a rewritten address does not escape', () => {
    assert.equal(
      filterOf(['10.1.0.2', '10.1.1.2', '10.1.0.2'], [8080]),
      '((host 10.1.0.2 or host 10.1.1.2) and (port 8080 or icmp or icmp6)) or ((udp port 4789 or udp port 8472) and (udp[42:4] = 0x0a010002 or udp[46:4] = 0x0a010002 or udp[42:4] = 0x0a010102 or udp[46:4] = 0x0a010102))',
    );
    assert.equal(filterOf(['fd00::2'], [53]), '(host fd00::2) and (port 53 or icmp or icmp6)');
  });
});

describe('what nodes say', () => {
  it('shows the rules that counted, and those that were written anew', () => {
    const save = (drop: string, masquerade: string) => `*filter
:FORWARD ACCEPT [9:9]
[5:300] -A FORWARD -j KUBE-FORWARD
[${drop}] -A FORWARD -p udp -j DROP
[1:40] -A FORWARD -p udp -j DROP
COMMIT
*nat
[${masquerade}] -A POSTROUTING -j MASQUERADE
COMMIT`;
    assert.deepEqual(counted(save('2:99', '7:70'), save('5:240', '3:30')), [
      'filter      +3  -A FORWARD -p udp -j DROP',
      'nat         +3  -A POSTROUTING -j MASQUERADE',
    ]);
    assert.deepEqual(counted(save('2:99', '7:70'), save('2:99', '7:70')), []);
  });

  it('shows the rules of nftables that packets met, and the policies that dropped them', () => {
    const packet = (
      id: string,
    ) => `trace id ${id} ip netproof-trace prerouting packet: iif "cni0" ip saddr 10.9.1.2 ip daddr 10.96.0.9 udp dport 80
trace id ${id} ip netproof-trace prerouting rule meta l4proto { tcp, udp } ip daddr { 10.96.0.9 } th dport { 80 } meta nftrace set 1 (verdict continue)
trace id ${id} ip netproof-trace prerouting policy accept 
trace id ${id} ip kube-proxy services rule ip daddr . meta l4proto . th dport vmap @service-ips (verdict goto service-AAA-netproof-z/web/udp/u)
trace id ${id} ip kube-proxy service-AAA-netproof-z/web/udp/u rule meta l4proto udp dnat ip to numgen random mod 1 map { 0 : 10.9.2.2 . 8080 } (verdict accept)`;
    const dropped = `trace id 3 ip kube-proxy filter-forward rule ip daddr 10.9.2.2 counter packets 7 bytes 420 drop comment "netproof-fault" (verdict drop)
trace id 4 ip kube-proxy filter-forward rule ip daddr 10.9.2.2 counter packets 8 bytes 480 drop comment "netproof-fault" (verdict drop)
trace id 5 ip filter FORWARD policy accept 
trace id 5 inet firewall forward policy drop `;
    assert.deepEqual(traced([packet('1'), packet('2'), dropped].join('\n')), [
      '    +2  ip kube-proxy services: ip daddr . meta l4proto . th dport vmap @service-ips (goto service-AAA-netproof-z/web/udp/u)',
      '    +2  ip kube-proxy service-AAA-netproof-z/web/udp/u: meta l4proto udp dnat ip to numgen random mod 1 map { 0 : 10.9.2.2 . 8080 } (accept)',
      '    +2  ip kube-proxy filter-forward: ip daddr 10.9.2.2 counter drop comment "netproof-fault" (drop)',
      '    +1  inet firewall forward: policy drop',
    ]);
    assert.deepEqual(traced(''), []);
  });

  it('shows connections between the ends of a pair, rewritten ones too', () => {
    const masqueraded =
      'tcp 6 5 CLOSE src=10.1.0.2 dst=10.1.1.2 sport=4 dport=8080 src=10.1.1.2 dst=172.18.0.3 sport=8080 dport=4';
    const other =
      'tcp 6 9 ESTABLISHED src=10.1.0.2 dst=10.1.9.9 sport=5 dport=80 src=10.1.9.9 dst=10.1.0.2 sport=80';
    const pairs = [['10.1.0.2', '10.1.1.2']];
    const one = `entries: 1, of them unanswered: 0\n${masqueraded}`;
    assert.equal(entriesOf(`${masqueraded}\n${other}\n`, pairs), one);
    const lost = `${masqueraded} [UNREPLIED]`;
    assert.deepEqual(
      entriesOf(`${`${masqueraded}\n`.repeat(300)}${lost}\n`, pairs)
        .split('\n')
        .slice(0, 2),
      ['entries: 301, of them unanswered: 1', lost],
    );
    assert.equal(entriesOf(other, pairs), 'no entry');
    assert.match(entriesOf(`${masqueraded}\n`.repeat(300), pairs), /… and 200 more/);
  });

  it('shows the events of the pair and of its nodes, the last one last', () => {
    const event = (involvedObject: object, message: string, more: object) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', creationTimestamp: '2026-11-21T10:00:00Z' },
      involvedObject,
      message,
      ...more,
    });
    const pod = (namespace: string, name: string) => ({ kind: 'Pod', namespace, name });
    const host = (name: string) => ({ source: { component: 'kubelet', host: name } });
    const text = eventsOf(
      [
        event({ kind: 'Node', name: 'one' }, 'not\nready', {
          lastTimestamp: '2026-11-21T10:09:00Z',
          count: 3,
        }),
        event({ kind: 'Node', name: 'three' }, 'elsewhere', {}),
        event(pod('netproof-x', 'a'), 'its image', {
          eventTime: '2026-11-21T10:05:00.123456Z',
          lastTimestamp: null,
        }),
        event(pod('netproof-x', 'd'), 'another probe', host('one')),
        event(pod('kube-system', 'kube-proxy-1'), 'killed', host('one')),
        event(pod('kube-system', 'kube-proxy-2'), 'killed', host('three')),
      ],
      { nodes: ['one'], endpoints: ['x/a'] },
    );
    assert.deepEqual(
      text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | ')),
      [
        'last seen | times | type | object | reason | message',
        '2026-11-21T10:00:00Z | 1 | Pod kube-system/kube-proxy-1 | killed',
        '2026-11-21T10:05:00Z | 1 | Pod netproof-x/a | its image',
        '2026-11-21T10:09:00Z | 3 | Node one | not ready',
      ],
    );
    assert.equal(eventsOf([], { nodes: ['one'], endpoints: [] }), 'no event');
  });

  it('shows the logs of what carries the network', () => {
    const folders = [
      'kube-system_kube-proxy-1_u',
      'calico-system_calico-node-1_u',
      'kube-system_kube-apiserver-1_u',
      'kube-system_etcd-1_u',
      'kube-system_coredns-1_u',
      'netproof-x_a_u',
      'netproof-x_ab_u',
    ];
    const network = folders.slice(0, 2);
    assert.deepEqual(concerned(folders, 'pod-network/x', ['x/a']), [...network, 'netproof-x_a_u']);
    assert.deepEqual(concerned(folders, 'dns/x', []), [...network, 'kube-system_coredns-1_u']);
  });
});
