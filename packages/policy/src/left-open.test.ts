import assert from 'node:assert/strict';
import type { Via } from './left-open.ts';
import { type Oracle, oracle } from './oracle.ts';
import { namespaces, pods, policyOf } from './testing/index.ts';
import type { Address, Pod } from './world.ts';

const host: Pod = {
  namespace: 'y',
  name: 'host',
  labels: {},
  ip: '172.18.0.2',
  node: 'worker',
  hostNetwork: true,
};
const addresses: readonly Address[] = [
  { id: 'node/worker', ip: '172.18.0.2', node: 'worker' },
  { id: 'node/worker2', ip: '172.18.0.3', node: 'worker2' },
  { id: 'outside', ip: '203.0.113.7' },
  { id: 'nowhere', ip: '203.0.113.8', node: '' },
];
const unscheduled: Pod = { namespace: 'x', name: 'unscheduled', labels: {}, ip: '10.1.0.9', node: '' };
const isolateX = policyOf('x/deny', { policyTypes: ['Ingress', 'Egress'] });
const about = (...policies: Parameters<typeof oracle>[0]['policies']): Oracle =>
  oracle({ pods: [...pods, host, unscheduled], namespaces, addresses, policies });

function verdict(asking: Oracle, from: string, to: string, via?: Via): string {
  const question = { from, to, protocol: 'TCP', port: 80, via } as const;
  const { verdict: found } = asking.decide(question);
  assert(asking.explain(question).startsWith(`${found}: `));
  return found;
}

describe('what the API leaves open', () => {
  // x/b stands on worker, x/c on worker2.
  const open = [
    ['x/a', 'x/a'],
    ['y/host', 'x/a'],
    ['x/a', 'y/host'],
    ['y/host', 'x/b'],
    ['node/worker', 'x/b'],
    ['x/b', 'node/worker'],
  ] as const;

  for (const [from, to] of open) {
    it(`is ${from} to ${to} where a policy isolates an end, and only there`, () => {
      assert.equal(verdict(about(isolateX), from, to), 'implementation-defined');
      assert.equal(verdict(about(), from, to), 'allowed');
    });
  }

  it('is open however the policies would read, since they may not be held against it', () => {
    const all = policyOf('x/all', { policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] });
    for (const [from, to] of open) assert.equal(verdict(about(all), from, to), 'implementation-defined');
  });

  it('is a pod of the host network that a policy selects', () => {
    const isolateY = policyOf('y/deny', { policyTypes: ['Ingress', 'Egress'] });
    assert.equal(verdict(about(isolateY), 'x/a', 'y/host'), 'implementation-defined');
    assert.equal(verdict(about(isolateY), 'y/host', 'x/a'), 'implementation-defined');
  });

  it('is not another node, nor the outside, nor a pod that is isolated in the other direction only', () => {
    assert.equal(verdict(about(isolateX), 'node/worker2', 'x/b'), 'denied');
    assert.equal(verdict(about(isolateX), 'x/b', 'node/worker2'), 'denied');
    assert.equal(verdict(about(isolateX), 'outside', 'x/b'), 'denied');
    assert.equal(verdict(about(isolateX), 'nowhere', 'x/unscheduled'), 'denied');
    const inwards = policyOf('x/in', { policyTypes: ['Ingress'] });
    assert.equal(verdict(about(inwards), 'x/b', 'node/worker'), 'allowed');
    assert.equal(verdict(about(inwards), 'x/b', 'y/host'), 'allowed');
  });

  it('is not two pods that were given one address', () => {
    const twin = { ...pods[0]!, namespace: 'y', name: 'twin' };
    const asking = oracle({ pods: [...pods, twin], namespaces, policies: [isolateX] });
    assert.equal(verdict(asking, 'y/twin', 'x/a'), 'denied');
  });

  it('is everything over a NodePort to or from an isolated pod', () => {
    assert.equal(verdict(about(isolateX), 'outside', 'x/a', 'NodePort'), 'implementation-defined');
    assert.equal(verdict(about(isolateX), 'x/a', 'y/a', 'NodePort'), 'implementation-defined');
    assert.equal(verdict(about(isolateX), 'outside', 'y/a', 'NodePort'), 'allowed');
  });

  it('is a client over a ClusterIP that is no pod, since its address may be rewritten too', () => {
    assert.equal(verdict(about(isolateX), 'outside', 'x/b', 'ClusterIP'), 'implementation-defined');
    assert.equal(verdict(about(isolateX), 'node/worker2', 'x/b', 'ClusterIP'), 'implementation-defined');
    assert.equal(verdict(about(isolateX), 'y/a', 'x/b', 'ClusterIP'), 'denied');
  });

  it('is ipBlock of egress over a ClusterIP, in the block or not, unless another peer or no port allows', () => {
    const to = (...peers: readonly object[]) =>
      about(policyOf('x/p', { policyTypes: ['Egress'], egress: [{ to: peers, ports: [{ port: 80 }] }] }));
    const inside = { ipBlock: { cidr: '10.1.0.0/16' } };
    const beside = { ipBlock: { cidr: '10.2.0.0/16' } };
    const y = { namespaceSelector: { matchLabels: { team: 'y' } } };
    assert.equal(verdict(to(inside), 'x/a', 'y/a'), 'allowed');
    assert.equal(verdict(to(beside), 'x/a', 'y/a'), 'denied');
    assert.equal(verdict(to(inside), 'x/a', 'y/a', 'ClusterIP'), 'implementation-defined');
    assert.equal(verdict(to(beside), 'x/a', 'y/a', 'ClusterIP'), 'implementation-defined');
    assert.equal(verdict(to(beside, y), 'x/a', 'y/a', 'ClusterIP'), 'allowed');
    assert.equal(verdict(to(beside, y), 'x/a', 'z/a', 'ClusterIP'), 'implementation-defined');
    const question = { from: 'x/a', to: 'y/a', protocol: 'TCP', port: 81, via: 'ClusterIP' } as const;
    assert.equal(to(inside).decide(question).verdict, 'denied');
  });

  it('is not selectors over a ClusterIP, nor ipBlock of ingress, whose source stays what it was', () => {
    const from = (...peers: readonly object[]) => about(policyOf('x/p', { ingress: [{ from: peers }] }));
    const y = from({ namespaceSelector: { matchLabels: { team: 'y' } } });
    assert.equal(verdict(y, 'y/a', 'x/a', 'ClusterIP'), 'allowed');
    assert.equal(verdict(y, 'z/a', 'x/a', 'ClusterIP'), 'denied');
    const block = from({ ipBlock: { cidr: '10.1.1.0/24' } });
    assert.equal(verdict(block, 'y/a', 'x/a', 'ClusterIP'), 'allowed');
    assert.equal(verdict(block, 'z/a', 'x/a', 'ClusterIP'), 'denied');
  });

  it('cannot undo what the other end denies', () => {
    const policies = [
      policyOf('x/p', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] }),
      policyOf('y/deny', {}),
    ];
    assert.equal(verdict(about(...policies), 'x/a', 'y/a', 'ClusterIP'), 'denied');
  });
});
