import assert from 'node:assert/strict';
import type { NetworkPolicy, PolicyPort } from './network-policy.ts';
import { oracle } from './oracle.ts';
import { namespaces, pods, policyOf } from './testing/index.ts';
import type { Address, Pod } from './world.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

const outside: Address = { id: 'outside', ip: '203.0.113.7' };

/** What one policy of namespace x makes of traffic; TCP 80 from y/a to x/a where nothing else is said. */
function verdict(
  spec: Spec | null,
  {
    from = 'y/a',
    to = 'x/a',
    protocol = 'TCP',
    port = 80,
  }: { from?: string; to?: string } & Partial<Port> = {},
  relabelled: readonly Pod[] = pods,
): string {
  const policies = [{ ...policyOf('x/p', {}), spec }];
  const world = { pods: relabelled, namespaces, addresses: [outside], policies };
  return oracle(world).decide({ from, to, protocol, port }).verdict;
}

interface Port {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
}

const denied = (...of: Parameters<typeof verdict>) => assert.equal(verdict(...of), 'denied');
const allowed = (...of: Parameters<typeof verdict>) => assert.equal(verdict(...of), 'allowed');
const outwards = { from: 'x/a', to: 'y/a' };

describe('what fields mean', () => {
  it('a missing spec is an empty one: all pods of the namespace, no rules, type Ingress', () => {
    denied(null);
    denied({});
    denied({ podSelector: null });
    allowed(null, outwards);
  });

  it('without policyTypes it is Ingress, and Egress only with an egress rule', () => {
    for (const policyTypes of [undefined, null, []]) {
      denied({ policyTypes });
      allowed({ policyTypes }, outwards);
      allowed({ policyTypes, egress: [] }, outwards);
      denied({ policyTypes, egress: [{ to: [{ podSelector: {} }] }] }, outwards);
      denied({ policyTypes, egress: [{}] });
      allowed({ policyTypes, egress: [{}], ingress: [{}] });
    }
  });

  it('policyTypes counts more than the rules that are there', () => {
    allowed({ policyTypes: ['Egress'], ingress: [] });
    denied({ policyTypes: ['Egress'], ingress: [{}] }, outwards);
    allowed({ policyTypes: ['Ingress'], egress: [{ to: [{ podSelector: {} }] }] }, outwards);
    denied({ policyTypes: ['Ingress', 'Egress'] });
    denied({ policyTypes: ['Ingress', 'Egress'] }, outwards);
  });

  it('no rule and an empty rule are opposites; an empty from or ports is a missing one', () => {
    denied({ ingress: [] });
    allowed({ ingress: [{}] });
    allowed({ ingress: [{ from: [], ports: [] }] });
    allowed({ ingress: [{ from: null, ports: null }] });
  });

  it('from and ports of one rule must both match, of two rules either', () => {
    const from = [{ namespaceSelector: { matchLabels: { team: 'z' } } }];
    const ports = [{ port: 80 }];
    denied({ ingress: [{ from, ports }] });
    allowed({ ingress: [{ from }, { ports }] });
  });

  it('a podSelector alone is of the policy’s own namespace, an empty namespaceSelector of all', () => {
    const a = { matchLabels: { pod: 'a' } };
    denied({ ingress: [{ from: [{ podSelector: a }] }] });
    denied({ ingress: [{ from: [{ podSelector: a, namespaceSelector: null }] }] });
    allowed({ ingress: [{ from: [{ podSelector: a, namespaceSelector: {} }] }] });
    allowed({ ingress: [{ from: [{ podSelector: a }] }] }, { from: 'x/a', to: 'x/b' });
  });

  it('selectors in one peer must both match, in two peers either', () => {
    const podSelector = { matchLabels: { pod: 'b' } };
    const namespaceSelector = { matchLabels: { team: 'y' } };
    denied({ ingress: [{ from: [{ podSelector, namespaceSelector }] }] });
    allowed({ ingress: [{ from: [{ podSelector, namespaceSelector }] }] }, { from: 'y/b' });
    denied({ ingress: [{ from: [{ podSelector, namespaceSelector }] }] }, { from: 'z/b' });
    allowed({ ingress: [{ from: [{ podSelector }, { namespaceSelector }] }] });
  });

  it('selectors mean pods only; ipBlock means addresses, of pods as well', () => {
    const all = [{ namespaceSelector: {} }];
    denied({ ingress: [{ from: all }] }, { from: 'outside' });
    denied({ policyTypes: ['Egress'], egress: [{ to: all }] }, { from: 'x/a', to: 'outside' });
    allowed({ ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] }, { from: 'outside' });
    allowed({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.1.0/24' } }] }] });
    denied({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.1.0/24' } }] }] }, { from: 'z/a' });
  });

  it('except takes out of its own block only', () => {
    const holed = { ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.1.0/24', '10.1.2.1/32'] } };
    denied({ ingress: [{ from: [holed] }] });
    denied({ ingress: [{ from: [holed] }] }, { from: 'z/a' });
    allowed({ ingress: [{ from: [holed] }] }, { from: 'z/b' });
    allowed({ ingress: [{ from: [holed, { ipBlock: { cidr: '10.1.1.1/32' } }] }] });
  });

  it('what is no pod is isolated by nobody', () => {
    allowed({ policyTypes: ['Ingress'] }, { from: 'x/a', to: 'outside' });
    denied({ policyTypes: ['Egress'] }, { from: 'x/a', to: 'outside' });
  });
});

describe('what matchExpressions mean', () => {
  const of = (
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
    key: string,
    values?: string[],
  ): Spec => ({
    ingress: [
      { from: [{ namespaceSelector: {}, podSelector: { matchExpressions: [{ key, operator, values }] } }] },
    ],
  });

  it('In and NotIn; NotIn holds without the label', () => {
    allowed(of('In', 'pod', ['a', 'b']));
    denied(of('In', 'pod', ['a', 'b']), { from: 'y/c' });
    denied(of('In', 'gone', ['a']));
    denied(of('NotIn', 'pod', ['a', 'b']));
    allowed(of('NotIn', 'pod', ['a', 'b']), { from: 'y/c' });
    allowed(of('NotIn', 'gone', ['a']));
  });

  it('Exists and DoesNotExist; an empty value exists, and every object’s own properties do not', () => {
    allowed(of('Exists', 'pod'));
    denied(of('Exists', 'gone'));
    denied(of('DoesNotExist', 'pod'));
    allowed(of('DoesNotExist', 'gone', []));
    allowed(of('DoesNotExist', 'constructor'));
    const empty = pods.map((pod) => ({ ...pod, labels: { empty: '' } }));
    allowed(of('Exists', 'empty'), {}, empty);
    denied(of('DoesNotExist', 'empty'), {}, empty);
    denied(of('NotIn', 'empty', ['']), {}, empty);
  });

  it('all of them must hold, and matchLabels too', () => {
    const matchExpressions = [
      { key: 'pod', operator: 'Exists' },
      { key: 'pod', operator: 'NotIn', values: ['b'] },
    ] as const;
    const spec = (matchLabels: Record<string, string>): Spec => ({
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels, matchExpressions } }] }],
    });
    allowed(spec({}));
    denied(spec({}), { from: 'y/b' });
    denied(spec({ pod: 'c' }));
  });
});

describe('what ports mean', () => {
  const on = (...ports: readonly PolicyPort[]): Spec => ({ ingress: [{ ports }] });
  const out = (...ports: readonly PolicyPort[]): Spec => ({ policyTypes: ['Egress'], egress: [{ ports }] });

  it('no protocol is TCP, no port is every one of the protocol', () => {
    allowed(on({}));
    denied(on({}), { protocol: 'UDP' });
    allowed(on({ port: 80 }));
    denied(on({ port: 80 }), { protocol: 'SCTP' });
    denied(on({ port: 80 }), { port: 81 });
    allowed(on({ protocol: 'UDP' }), { protocol: 'UDP', port: 65_535 });
    denied(on({ protocol: 'UDP', port: null }));
    allowed(on({ protocol: 'UDP' }, { port: 80 }));
  });

  it('endPort is the last of a range', () => {
    for (const port of [80, 85, 90]) allowed(on({ port: 80, endPort: 90 }), { port });
    for (const port of [79, 91]) denied(on({ port: 80, endPort: 90 }), { port });
    denied(on({ port: 80, endPort: 90 }), { protocol: 'UDP', port: 85 });
    allowed(out({ port: 80, endPort: 90 }), { ...outwards, port: 90 });
  });

  it('a name is the destination’s, in both directions, and its protocol counts', () => {
    const named = (pod: Pod, port: number, protocol: Port['protocol'] = 'TCP'): Pod => ({
      ...pod,
      ports: [{ name: 'http', protocol, port }],
    });
    const some = pods.map((pod) => named(pod, pod.namespace === 'x' ? 8080 : 9090));
    for (const spec of [on({ port: 'http' }), out({ port: 'http' })]) {
      const ends = spec.ingress ? {} : outwards;
      const [right, wrong] = spec.ingress ? [8080, 9090] : [9090, 8080];
      allowed(spec, { ...ends, port: right }, some);
      denied(spec, { ...ends, port: wrong }, some);
      denied(spec, { ...ends, port: right, protocol: 'UDP' }, some);
      const udp = pods.map((pod) => named(pod, right, 'UDP'));
      denied(spec, { ...ends, port: right }, udp);
      denied(spec, { ...ends, port: right, protocol: 'UDP' }, udp);
    }
    const both = pods.map((pod) => ({
      ...pod,
      ports: [...named(pod, 53, 'UDP').ports!, ...named(pod, 54, 'TCP').ports!],
    }));
    allowed(on({ port: 'http' }), { port: 54 }, both);
    denied(on({ port: 'http' }), { port: 53 }, both);
    allowed(on({ port: 'http', protocol: 'UDP' }), { protocol: 'UDP', port: 53 }, both);
  });

  it('a name that the destination does not have matches nothing, nor does one of what is no pod', () => {
    denied(on({ port: 'nobody-has' }));
    denied(
      on({ port: 'serve-80-tcp' }),
      {},
      pods.map(({ ports: _, ...pod }) => pod),
    );
    denied(out({ port: 'serve-80-tcp' }), { from: 'x/a', to: 'outside' });
  });
});

describe('what namespaces mean', () => {
  it('every one has its name as a label, said or not', () => {
    const policies = [
      policyOf('x/p', {
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'y' } } }] }],
      }),
    ];
    const bare = namespaces.map(({ name }) => ({ name, labels: {} }));
    const asking = oracle({ pods, namespaces: bare, policies });
    assert.equal(asking.decide({ from: 'y/a', to: 'x/a', protocol: 'TCP', port: 80 }).verdict, 'allowed');
    assert.equal(asking.decide({ from: 'z/a', to: 'x/a', protocol: 'TCP', port: 80 }).verdict, 'denied');
  });

  it('a policy isolates no pods of another', () => {
    allowed({ policyTypes: ['Ingress', 'Egress'] }, { from: 'y/a', to: 'y/b' });
  });
});
