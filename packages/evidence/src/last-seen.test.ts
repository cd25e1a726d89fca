import assert from 'node:assert/strict';
import { type Endpoint, type Protocol, type Target, targetOf } from '@netproof/core';
import { lastSeen } from './last-seen.ts';
import { seenIn } from './packets.ts';

const endpoint = (id: string, node: string, ip: string, kind: Endpoint['kind'] = 'pod'): Endpoint => ({
  kind,
  id,
  node,
  ip,
  labels: {},
});
const a = endpoint('x/a', 'one', '10.1.0.2');
const b = endpoint('x/b', 'two', '10.1.1.2');
const c = endpoint('x/c', 'one', '10.1.0.3');
const one = endpoint('node/one', 'one', '172.18.0.2', 'node');
const two = endpoint('node/two', 'two', '172.18.0.3', 'node');
const web = { label: 'Service x/web', address: '10.96.0.9', servers: ['x/b', 'x/c'] };

/** What tcpdump says when it is ended, and then what it captured; a time before each line that begins a packet. */
const capture = (text: string, captured = 9) => `tcpdump: data link type LINUX_SLL2
tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 160 bytes
${captured} packets captured
${captured} packets received by filter
0 packets dropped by kernel
${text
  .trim()
  .split('\n')
  .map((line) => (line.startsWith('IP ') ? line : `16:44:52.991311 ${line}`))
  .join('\n')}
`;

/** @param texts what was captured on each node; undefined where nothing could be */
function sentence(
  texts: Readonly<Record<string, string>>,
  {
    from = a,
    to = targetOf(b),
    protocol = 'UDP',
    port = 8080,
    answered,
  }: { from?: Endpoint; to?: Target; protocol?: Protocol; port?: number; answered?: boolean } = {},
): string {
  const said = lastSeen({
    pair: { source: from, target: to, port: { protocol, port }, sampled: false },
    endpoints: [a, b, c, one, two],
    served: [8080, 8081],
    captures: new Map(Object.entries(texts).map(([node, text]) => [node, seenIn(text, 300)])),
    ...(answered !== undefined && { answered }),
  });
  const [head = '', ...rest] = said.split(': ');
  assert.match(head, /^\S+ on \w+ → .*, (TCP|UDP) \d+$/);
  return rest.join(': ');
}

const request = 'IP 10.1.0.2.42856 > 10.1.1.2.8080: UDP, length 18';
const answer = 'IP 10.1.1.2.8080 > 10.1.0.2.42856: UDP, length 82';
const none = capture('', 0);
const left = `vethdd5ae741 P   ${request}\ncni0  In  ${request}\neth0  Out ${request}`;
const arrived = `eth0  In  ${request}\ncni0  Out ${request}\nveth8a5439da Out ${request}`;
const answered = `veth8a5439da P   ${answer}\ncni0  In  ${answer}\neth0  Out ${answer}`;
const returned = `eth0  In  ${answer}\ncni0  Out ${answer}\nvethdd5ae741 Out ${answer}`;

describe('the sentence of a probe that was made again names the last place where it was seen', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['the client did not send', '', '', 'the request was not seen on any device of one or two'],
    [
      'its node did not bring it on',
      `vethdd5ae741 P   ${request}\ncni0  In  ${request}`,
      '',
      'the request was last seen on one coming in by cni0, and was not seen going out',
    ],
    [
      'it was lost between the nodes',
      left,
      '',
      'the request was last seen on one going out by eth0, and was not seen coming in on two',
    ],
    [
      "the server's node did not bring it on",
      left,
      `eth0  In  ${request}`,
      'the request was last seen on two coming in by eth0, and was not seen going out to x/b',
    ],
    [
      'the server said nothing',
      left,
      arrived,
      'the request was last seen on two going out by veth8a5439da, and no answer was seen coming out of x/b',
    ],
    [
      "the server's node kept the answer",
      left,
      `${arrived}\nveth8a5439da P   ${answer}`,
      'the answer was last seen on two coming in by veth8a5439da, and was not seen going out',
    ],
    [
      'the answer was lost between the nodes',
      left,
      `${arrived}\n${answered}`,
      'the answer was last seen on two going out by eth0, and was not seen coming in on one',
    ],
    [
      "the client's node kept the answer",
      `${left}\neth0  In  ${answer}`,
      `${arrived}\n${answered}`,
      'the answer was last seen on one coming in by eth0, and was not seen going out to x/a',
    ],
    [
      'all of them saw it',
      `${left}\n${returned}`,
      `${arrived}\n${answered}`,
      'this time request and answer were seen all the way',
    ],
    [
      'somebody else answered',
      `${left}\n${returned}`,
      '',
      'this time request and answer were seen all the way, though nothing of it on two',
    ],
  ];
  it('of a probe that was answered says nothing was lost, though eBPF takes packets past devices', () => {
    const texts = { one: capture(`${left}\neth0  In  ${answer}`), two: capture(`${arrived}\n${answered}`) };
    assert.match(sentence(texts, { answered: false }), /not seen going out to x\/a$/);
    assert.equal(
      sentence(texts, { answered: true }),
      'this time it was answered, past devices that did not show it',
    );
  });

  for (const [title, onOne, onTwo, said] of cases) {
    it(`where ${title}`, () => {
      assert.equal(sentence({ one: capture(onOne), two: capture(onTwo) }), said);
    });
  }

  it('with its pair in front', () => {
    const pair = {
      source: a,
      target: targetOf(b),
      port: { protocol: 'UDP', port: 8080 },
      sampled: false,
    } as const;
    const said = lastSeen({
      pair,
      endpoints: [a, b],
      served: [8080],
      captures: new Map([['one', seenIn(none, 300)]]),
    });
    assert.equal(said, 'x/a on one → x/b on two, UDP 8080: the request was not seen on any device of one');
  });

  it('between pods of one node', () => {
    const near = 'IP 10.1.0.2.18680 > 10.1.0.3.8080: UDP, length 18';
    assert.equal(
      sentence({ one: capture(`cali22a4a94eca5 In  ${near}`) }, { to: targetOf(c) }),
      'the request was last seen on one coming in by cali22a4a94eca5, and was not seen going out to x/c',
    );
  });

  it('from a node and to one, whose own packets come in nowhere and go out nowhere', () => {
    const toNode = 'IP 10.1.0.2.44054 > 172.18.0.3.8080: UDP, length 18';
    assert.equal(
      sentence(
        { one: capture(`veth1 P   ${toNode}\neth0  Out ${toNode}`), two: capture(`eth0  In  ${toNode}`) },
        { to: targetOf(two) },
      ),
      'the request was last seen on two coming in by eth0, and no answer was seen going out',
    );
    const fromNode = 'IP 10.1.0.0.44054 > 10.1.1.2.8080: UDP, length 18';
    assert.equal(
      sentence({ one: capture(`flannel.1 Out ${fromNode}`), two: none }, { from: one }),
      'the request was last seen on one going out by flannel.1, and was not seen coming in on two; its source was 10.1.0.0',
    );
  });

  it('where some of several came through', () => {
    const other = left.replaceAll('42856', '51077');
    assert.equal(
      sentence({ one: capture(`${other}\n${left}\n${returned}`), two: capture(`${arrived}\n${answered}`) }),
      '1 of 2 times the request was last seen on one going out by eth0, and was not seen coming in on two; 1 of 2 times request and answer were seen all the way',
    );
  });

  it('with what a router said of it', () => {
    const said = 'IP 10.1.0.1 > 10.1.0.2: ICMP net 10.1.1.2 unreachable, length 51';
    assert.equal(
      sentence({ one: capture(`cni0  In  ${request}\ncni0  Out ${said}`), two: none }),
      'the request was last seen on one coming in by cni0, and was not seen going out; 10.1.0.1 said on one: ICMP net 10.1.1.2 unreachable',
    );
  });
});

describe('the sentence of a probe over TCP', () => {
  const options = 'win 64860, options [mss 1410,sackOK,TS val 779129556 ecr 0,nop,wscale 10], length 0';
  const there = 'IP 10.1.0.2.44054 > 10.1.1.2.8080: Flags';
  const back = 'IP 10.1.1.2.8080 > 10.1.0.2.44054: Flags';
  const syn = `${there} [S], seq 3937335957, ${options}`;
  const synAck = `${back} [S.], seq 30318247, ack 3937335958, ${options}`;
  const question = `${there} [P.], seq 1:18, ack 1, win 64, options [nop,nop,TS val 3210277029 ecr 22], length 17: HTTP`;
  const tcp = { protocol: 'TCP' } as const;

  it('follows a connection by the number of its first packet', () => {
    const asNode = syn.replace('10.1.0.2.44054', '172.18.0.2.32776');
    const ofNode = synAck.replace('10.1.0.2.44054', '172.18.0.2.32776');
    assert.equal(
      sentence(
        {
          one: capture(`veth1 P   ${syn}\neth0  Out ${asNode}`),
          two: capture(`eth0  In  ${asNode}\nveth2 Out ${asNode}\nveth2 P   ${ofNode}\neth0  Out ${ofNode}`),
        },
        tcp,
      ),
      'the answer was last seen on two going out by eth0, and was not seen coming in on one; its source became 172.18.0.2 on one, going out by eth0',
    );
  });

  it('says who refused it', () => {
    const reset = `${back} [R.], seq 0, ack 3937335958, win 0, length 0`;
    assert.equal(
      sentence({ one: capture(`cali1 In  ${syn}\ncali1 Out ${reset}`), two: none }, tcp),
      'the request was last seen on one coming in by cali1, and a refusal (RST) was first seen on one going out by cali1',
    );
  });

  it('tells a connection that was made from what was asked in it', () => {
    const onTwo = `eth0  In  ${syn}\nveth2 Out ${syn}\nveth2 P   ${synAck}\neth0  Out ${synAck}`;
    const onOne = `veth1 P   ${syn}\neth0  Out ${syn}\neth0  In  ${synAck}\nveth1 Out ${synAck}`;
    assert.equal(
      sentence({ one: capture(`${onOne}\nveth1 P   ${question}`), two: capture(onTwo) }, tcp),
      'the connection was made, then the request was last seen on one coming in by veth1, and was not seen going out',
    );
    assert.equal(
      sentence({ one: capture(onOne, 300), two: capture(onTwo) }, tcp),
      'the connection was made, and what came then was not captured',
    );
  });

  it('does not take the ends of other connections for it', () => {
    const residue = 'IP 10.1.2.140.54594 > 10.1.1.2.8080: Flags [R], seq 2558075253, win 0, length 0';
    assert.equal(
      sentence({ one: none, two: capture(`cilium_vxlan P   ${residue}`) }, tcp),
      'the request was not seen on any device of one or two',
    );
  });
});

describe('the sentence of a probe whose addresses are rewritten', () => {
  const asked = 'IP 10.1.0.2.59513 > 10.96.0.9.80: UDP, length 18';
  const chosen = 'IP 10.1.0.2.59513 > 10.1.1.2.8080: UDP, length 18';
  const toWeb = { to: web, port: 80 };

  it('names the server that was chosen for it', () => {
    assert.equal(
      sentence({ one: capture(`cali2 In  ${asked}\neth0  Out ${chosen}`), two: none }, toWeb),
      'the request was last seen on one going out by eth0 for 10.1.1.2:8080, and was not seen coming in on two',
    );
  });

  it('does not say to whom it did not go where nobody can tell', () => {
    assert.equal(
      sentence({ one: capture(`cali2 In  ${asked}`), two: none }, toWeb),
      'the request was last seen on one coming in by cali2 for 10.96.0.9:80, and was not seen going out',
    );
    assert.equal(
      sentence({ one: capture(`cali2 In  ${asked}\neth0  Out ${asked}`), two: none }, toWeb),
      'the request was last seen on one going out by eth0 still for 10.96.0.9:80, and no answer was seen coming in',
    );
  });

  it('follows UDP whose source gets another address and port', () => {
    const masked = 'IP 172.18.0.2.2348 > 10.1.1.2.8080: UDP, length 18';
    assert.equal(
      sentence({
        one: capture(`veth1 P   ${request}\ncni0  In  ${request}\neth0  Out ${masked}`),
        two: capture(`eth0  In  ${masked}`),
      }),
      'the request was last seen on two coming in by eth0, and was not seen going out to x/b; its source became 172.18.0.2 on one, going out by eth0',
    );
  });

  it('follows a node port over the node that forwards it, and back to where it began', () => {
    const first = 'IP 10.1.0.2.40439 > 172.18.0.3.32244: UDP, length 18';
    const forwarded = 'IP 172.18.0.3.40331 > 10.1.0.3.8080: UDP, length 18';
    const nodePort = { label: 'NodePort of x/web at two', address: '172.18.0.3', servers: ['x/c'] };
    assert.equal(
      sentence(
        {
          one: capture(`cali1 In  ${first}\neth0  Out ${first}\neth0  In  ${forwarded}`),
          two: capture(`eth0  In  ${first}\neth0  Out ${forwarded}`),
        },
        { to: nodePort, port: 32244 },
      ),
      'the request was last seen on one coming in by eth0 for 10.1.0.3:8080, and was not seen going out to x/c; its source became 172.18.0.3 on two, going out by eth0',
    );
  });

  it('says nothing of what a nameserver, whose pods nobody knows, was sent', () => {
    const lookup = 'IP 10.1.0.2.42858 > 10.96.0.10.53: 31002+ A? web.x.svc.cluster.local. (41)';
    const nameserver = { label: 'nameserver', address: '10.96.0.10', servers: [] };
    assert.equal(
      sentence({ one: capture(`veth1 P   ${lookup}`) }, { to: nameserver, port: 53 }),
      'the request was last seen on one coming in by veth1 for 10.96.0.10:53, and no answer was seen going out',
    );
  });
});

describe('the sentence of a probe whose packets are not seen everywhere', () => {
  const outer = 'IP 172.18.0.2.48059 > 172.18.0.3.8472: OTV, flags [I] (0x08), overlay 0, instance 1';

  it('tells a tunnel that swallowed it', () => {
    assert.equal(
      sentence({
        one: capture(`cni0  In  ${request}\nflannel.1 Out ${request}\neth0  Out ${outer}\n${request}`),
        two: capture(`eth0  In  ${outer}\n${request}`),
      }),
      'the request was last seen on two coming in by eth0 inside a tunnel, and was not seen coming out of it',
    );
  });

  it('follows it into a tunnel and out of it, also where tcpdump knows the tunnel', () => {
    const vxlan = outer.replace(
      '8472: OTV, flags [I] (0x08), overlay 0, instance 1',
      '4789: VXLAN, flags [I] (0x08), vni 4096',
    );
    assert.equal(
      sentence({
        one: capture(`cali1 In  ${request}\nvxlan.calico Out ${request}\neth0  Out ${vxlan}\n${request}`),
        two: capture(`eth0  In  ${vxlan}\n${request}\nvxlan.calico In  ${request}`),
      }),
      'the request was last seen on two coming in by vxlan.calico, and was not seen going out to x/b',
    );
  });

  it('does not miss it where eBPF took it past a device and it was seen later', () => {
    assert.equal(
      sentence({
        one: capture(`lxc1 In  ${request}\neth0  Out ${request}`),
        two: capture(`eth0  In  ${request}\nlxc2 In  ${answer}`),
      }),
      'the answer was last seen on two coming in by lxc2, and was not seen going out',
    );
  });

  it('claims nothing of a node whose capture is missing, full or ended by itself', () => {
    const full = capture(left, 300);
    const untold = left.replace(/^/gm, '16:44:52.991311 ');
    assert.equal(
      sentence({ one: capture(left) }),
      'the request was last seen on one going out by eth0, and no answer was seen coming in',
    );
    assert.equal(
      sentence({ one: full }),
      'the request was last seen on one going out by eth0; what came then was not captured',
    );
    assert.equal(
      sentence({ one: untold }),
      'the request was last seen on one going out by eth0; what came then was not captured',
    );
    assert.equal(sentence({ two: none }), 'the captures prove nothing');
    assert.equal(
      sentence({ two: capture(arrived.split('\n')[0] ?? '') }).startsWith('the request was last seen on two'),
      true,
    );
    assert.equal(sentence({}), 'the captures prove nothing');
  });

  it('says so where it never leaves the pod', () => {
    assert.equal(
      sentence({ one: none }, { to: targetOf(a) }),
      'it stays inside x/a, where nothing was captured',
    );
  });
});
