import assert from 'node:assert/strict';
import { NetproofError } from '@netproof/core';
import type { NetworkPolicy } from './network-policy.ts';
import { oracle } from './oracle.ts';
import { namespaces, pods, policyOf } from './testing/index.ts';
import type { World } from './world.ts';

function problems(part: Partial<World>): readonly string[] {
  try {
    oracle({ pods, namespaces, policies: [], ...part });
    return [];
  } catch (error) {
    assert(error instanceof NetproofError);
    assert.equal(error.code, 'POLICY_INVALID');
    assert.equal(error.exit, 2);
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

/** As YAML comes: of no type. */
const ofSpec = (spec: unknown) =>
  problems({ policies: [policyOf('x/p', spec as NetworkPolicy['spec'] & {})] });
const inPorts = (...ports: readonly unknown[]) =>
  ofSpec({ ingress: [{ ports }] }).map((one) => one.replace('policy x/p: spec.ingress[0].', ''));
const inFrom = (...from: readonly unknown[]) =>
  ofSpec({ ingress: [{ from }] }).map((one) => one.replace('policy x/p: spec.ingress[0].', ''));

describe('a policy that no API server takes', () => {
  it('has all its problems told at once, with their paths', () => {
    assert.deepEqual(
      problems({
        policies: [
          policyOf('x/p', {
            podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
            ingress: [{ from: [{}], ports: [{ endPort: 90 }] }],
            egress: [{}, { to: [{ ipBlock: { cidr: '10.0.0.0' } }], ports: [{ port: 90, endPort: 80 }] }],
          }),
          policyOf('nowhere/p', {}),
        ],
      }),
      [
        'policy x/p: spec.podSelector.matchExpressions[0].values: In needs values',
        'policy x/p: spec.ingress[0].from[0]: names no peer; leave the whole list out to mean everybody',
        'policy x/p: spec.ingress[0].ports[0].endPort: needs port, where the range begins',
        'policy x/p: spec.egress[1].to[0].ipBlock.cidr: "10.0.0.0" is no CIDR, such as 10.1.0.0/16 or 2001:db8::/64',
        'policy x/p: spec.egress[1].ports[0].endPort: 80 is less than port 90',
        'policy nowhere/p: metadata.namespace: there is no namespace nowhere',
      ],
    );
  });

  it('may have wrong ports', () => {
    assert.deepEqual(
      inPorts(
        { port: 'http', endPort: 90 },
        { port: 0 },
        { port: 65_536, endPort: 65_536 },
        { port: '80' },
        { port: 'Not_A_Name' },
        { port: 'a-name-of-16-xxx' },
        { port: 'a--b' },
        { port: '' },
      ),
      [
        'ports[0].endPort: cannot stand with the named port http',
        'ports[1].port: 0 is no port',
        'ports[2].port: 65536 is no port',
        'ports[2].endPort: 65536 is no port',
        'ports[3].port: "80" in quotes is a name; write 80',
        ...['Not_A_Name', 'a-name-of-16-xxx', 'a--b', ''].map(
          (name, at) =>
            `ports[${at + 4}].port: "${name}" is no name of a port: at most 15 of a-z, 0-9 and single hyphens between, one letter at least`,
        ),
      ],
    );
    assert.deepEqual(
      inPorts({ port: 1, endPort: 1 }, { port: 65_535 }, { port: 'a-name-of-15-xx' }, { port: '8a' }),
      [],
    );
  });

  it('may have wrong peers', () => {
    const ipBlock = { cidr: '10.0.0.0/8' };
    assert.deepEqual(
      inFrom({ podSelector: null }, { ipBlock, podSelector: {} }, { ipBlock, namespaceSelector: {} }),
      [
        'from[0]: names no peer; leave the whole list out to mean everybody',
        'from[1]: ipBlock may not stand beside a selector; make two peers of it',
        'from[2]: ipBlock may not stand beside a selector; make two peers of it',
      ],
    );
    const matchExpressions = [{ key: 'a', operator: 'Exists', values: ['b'] }];
    assert.deepEqual(inFrom({ podSelector: { matchExpressions }, namespaceSelector: { matchExpressions } }), [
      'from[0].podSelector.matchExpressions[0].values: Exists takes no values',
      'from[0].namespaceSelector.matchExpressions[0].values: Exists takes no values',
    ]);
  });

  it('may have wrong blocks', () => {
    const block = (cidr: string, ...except: readonly string[]) =>
      inFrom({ ipBlock: { cidr, except } }).map((one) => one.replace('from[0].ipBlock.', ''));
    assert.deepEqual(block('10.0.0.1/8'), [
      'cidr: "10.0.0.1/8" has bits set beyond its prefix; 10.0.0.0/8 is meant, or one address',
    ]);
    assert.deepEqual(block('::ffff:10.0.0.0/104'), [
      'cidr: "::ffff:10.0.0.0/104" is an IPv4 address written as IPv6',
    ]);
    const none = [
      '',
      '10.0.0.0/33',
      '10.0.0.0/08',
      '010.0.0.0/8',
      '10.0.0/8',
      '10.0.0.0/8/8',
      '::/129',
      'fe80::%1/64',
    ];
    for (const cidr of none)
      assert.deepEqual(block(cidr), [`cidr: "${cidr}" is no CIDR, such as 10.1.0.0/16 or 2001:db8::/64`]);
    assert.deepEqual(
      block('10.0.0.0/8', '11.0.0.0/16', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/16', 'x', '10.1.0.0/16'),
      [
        ...['11.0.0.0/16', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/16'].map(
          (except, at) => `except[${at}]: "${except}" is not a smaller part of 10.0.0.0/8`,
        ),
        'except[4]: "x" is no CIDR, such as 10.1.0.0/16 or 2001:db8::/64',
      ],
    );
    assert.deepEqual(block('x', '10.0.0.0/8'), [
      'cidr: "x" is no CIDR, such as 10.1.0.0/16 or 2001:db8::/64',
    ]);
    for (const cidr of ['0.0.0.0/0', '::/0', '2001:DB8::/32', '10.1.2.3/32'])
      assert.deepEqual(block(cidr), []);
    assert.deepEqual(block('2001:db8::/32', '2001:db8:0:0::/64'), []);
  });

  it('may be misspelt, which would mean everybody', () => {
    assert.deepEqual(ofSpec({ ingress: [{ form: [] }], podSelektor: {} }), [
      'policy x/p: spec.ingress[0]: Unrecognized key: "form"',
      'policy x/p: spec: Unrecognized key: "podSelektor"',
    ]);
    const spelt: readonly [unknown, RegExp][] = [
      [{ policyTypes: ['ingress'] }, /^policy x\/p: spec\.policyTypes\[0\]: Invalid option/],
      [{ policyTypes: ['Ingress', 'Egress', 'Egress'] }, /^policy x\/p: spec\.policyTypes: Too big/],
      [{ ingress: [null] }, /^policy x\/p: spec\.ingress\[0\]: Invalid input: expected object/],
      [
        { podSelector: { matchLabels: { version: 1 } } },
        /spec\.podSelector\.matchLabels\.version: .*expected string/,
      ],
      [{ podSelector: { matchLabels: { version: null } } }, /matchLabels\.version: .*expected string/],
      [
        { podSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] } },
        /operator: Invalid option/,
      ],
      [
        { ingress: [{ ports: [{ port: 80.5 }] }] },
        /ports\[0\]\.port: must be a number or the name of a port$/,
      ],
      [{ ingress: [{ ports: [{ protocol: 'ICMP' }] }] }, /ports\[0\]\.protocol: Invalid option/],
      [{ ingress: [{ ports: [{ port: 80, endPort: '90' }] }] }, /ports\[0\]\.endPort: .*expected/],
    ];
    for (const [spec, expected] of spelt) {
      const [first = '', ...more] = ofSpec(spec);
      assert.match(first, expected);
      assert.deepEqual(more, []);
    }
  });

  it('may be no policy at all', () => {
    const one = (policy: unknown) => problems({ policies: [policy as NetworkPolicy] });
    assert.match(one(null)[0]!, /^policy number 0: Invalid input: expected object/);
    assert.match(one({ ...policyOf('x/p', {}), apiVersion: 'extensions/v1beta1' })[0]!, /x\/p: apiVersion: /);
    assert.match(one({ ...policyOf('x/p', {}), kind: 'CiliumNetworkPolicy' })[0]!, /x\/p: kind: /);
    assert.match(
      one({ ...policyOf('x/p', {}), metadata: { name: 'p' } })[0]!,
      /number 0: metadata\.namespace: /,
    );
    assert.deepEqual(one({ ...policyOf('x/p', {}), metadata: { name: 'p', namespace: 'x', uid: '1' } }), []);
  });
});

describe('a world that no cluster is', () => {
  it('has all its problems told', () => {
    const [first] = pods;
    assert(first);
    const http = { name: 'http', protocol: 'TCP', port: 80 } as const;
    assert.deepEqual(
      problems({
        namespaces: [...namespaces, { name: 'x', labels: { 'kubernetes.io/metadata.name': 'y' } }],
        pods: [
          ...pods,
          first,
          { ...first, name: 'd', namespace: 'nowhere', ip: '10.1.0' },
          { ...first, name: 'e', ports: [http, { ...http, port: 81 }, { ...http, protocol: 'UDP' }] },
        ],
        addresses: [
          { id: 'y/b', ip: '203.0.113.7' },
          { id: 'outside', ip: '10.1.1.1' },
        ],
        policies: [policyOf('x/p', {}), policyOf('x/p', { ingress: [{}] }), policyOf('y/p', {})],
      }),
      [
        'namespace x: is there twice',
        'namespace x: has the label kubernetes.io/metadata.name=y',
        'x/a: is there twice',
        'y/b: is there twice',
        'nowhere/d: "10.1.0" is no address',
        'nowhere/d: there is no namespace nowhere',
        'x/e: has its TCP port http twice',
        'outside: 10.1.1.1 is the address of pod y/a',
        'policy x/p: is there twice',
      ],
    );
  });

  it('is not one where a pod of the host network has its node’s address', () => {
    const host = { ...pods[0]!, name: 'host', ip: '172.18.0.2', hostNetwork: true };
    const node = { id: 'node/worker', ip: '172.18.0.2', node: 'worker' };
    assert.deepEqual(problems({ pods: [...pods, host], addresses: [node] }), []);
  });

  it('is not asked about', () => {
    const asking = oracle({ pods, namespaces, policies: [] });
    assert.throws(() => asking.decide({ from: 'x/a', to: 'x/d', protocol: 'TCP', port: 80 }), {
      code: 'NO_SUCH_ENDPOINT',
      exit: 4,
    });
  });
});
