import assert from 'node:assert/strict';
import type { NodeConfiguration } from './configuration.ts';
import { podCIDRProblems, rangeFileOf, rangeProblems, rangesOf } from './ranges.ts';

const nodeAt = (name: string, podCIDR: string) => ({ name, ip: '', podCIDR, controlPlane: false });
const nodes = [nodeAt('a', '10.1.0.0/24'), nodeAt('b', '10.1.1.0/24')];

function hostLocal(node: string, ipam: object, flannel = ''): NodeConfiguration {
  const plugins = [{ type: 'bridge', ipam: { type: 'host-local', ...ipam } }, { type: 'portmap' }];
  return { node, file: '10-x.conflist', text: JSON.stringify({ plugins }), programs: [], flannel };
}
const withRange = (node: string, ...ranges: object[]) => hostLocal(node, { ranges: [ranges] });
function flannel(node: string, subnet: string): NodeConfiguration {
  const text = JSON.stringify({ plugins: [{ type: 'flannel' }] });
  const env = `FLANNEL_NETWORK=10.1.0.0/16\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=1450\n`;
  return { node, file: '10-flannel.conflist', text, programs: [], flannel: env };
}
/** With the range of node b as it should be. */
const problems = (a: NodeConfiguration) =>
  rangeProblems([a, withRange('b', { subnet: '10.1.1.0/24' })], nodes);

describe('the ranges of host-local', () => {
  it('are in order where each is inside the podCIDR of its node', () => {
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.0/24' })), []);
    assert.deepEqual(problems(hostLocal('a', { subnet: '10.1.0.0/25', rangeStart: '10.1.0.9' })), []);
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.0/25' }, { subnet: '10.1.0.128/25' })), []);
    assert.deepEqual(problems(flannel('a', '10.1.0.1/24')), []);
  });

  it('may cut one podCIDR in two', () => {
    const half = (rangeStart: string, rangeEnd: string) => ({ subnet: '10.1.0.0/24', rangeStart, rangeEnd });
    const apart = withRange('a', half('10.1.0.1', '10.1.0.99'), half('10.1.0.100', '10.1.0.199'));
    assert.deepEqual(problems(apart), []);
    const touching = withRange('a', half('10.1.0.1', '10.1.0.100'), half('10.1.0.100', '10.1.0.199'));
    assert.match(problems(touching).join(), /overlap$/);
  });

  it('must not be those of another node', () => {
    const told = [
      'a: 10.1.1.0/24 is outside the podCIDR of the node, 10.1.0.0/24',
      '10.1.1.0/24 of a and 10.1.1.0/24 of b overlap',
    ];
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.1.0/24' })), told);
    assert.deepEqual(problems(flannel('a', '10.1.1.1/24')), told);
  });

  it('must not be wider than the podCIDR', () => {
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.0/23' })), [
      'a: 10.1.0.0/23 is outside the podCIDR of the node, 10.1.0.0/24',
      '10.1.0.0/23 of a and 10.1.1.0/24 of b overlap',
    ]);
    const none = [nodeAt('a', '')];
    assert.deepEqual(rangeProblems([withRange('a', { subnet: '10.1.0.0/24' })], none), [
      'a: 10.1.0.0/24 is outside the podCIDR of the node, which has none',
    ]);
  });

  it('must be there', () => {
    assert.deepEqual(problems(hostLocal('a', {})), ['a: host-local has no range']);
    assert.deepEqual(problems({ ...flannel('a', ''), flannel: '' }), ['a: host-local has no range']);
  });

  it('must be subnets from which addresses can be given', () => {
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.0' })), ['a: 10.1.0.0 is no subnet']);
    assert.deepEqual(problems(withRange('a', {})), ['a: undefined is no subnet']);
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.0/31' })), [
      'a: 10.1.0.0/31 is too small to give addresses from',
    ]);
    assert.deepEqual(problems(withRange('a', { subnet: '10.1.0.7/24' })), [
      'a: 10.1.0.7/24 has host bits set',
    ]);
    assert.deepEqual(problems(flannel('a', 'x')), ['a: x is no subnet']);
  });

  it('must begin and end inside their subnets, and in this order', () => {
    const of = (rangeStart: string, rangeEnd?: string) =>
      problems(withRange('a', { subnet: '10.1.0.0/24', rangeStart, rangeEnd })).filter(
        (one) => one.startsWith('a: 10.1.0.9 ') || /is not inside/.test(one),
      );
    assert.deepEqual(of('10.1.9.1'), ['a: 10.1.9.1 is not inside 10.1.0.0/24']);
    assert.deepEqual(of('10.1.0.1', 'x'), ['a: x is not inside 10.1.0.0/24']);
    assert.deepEqual(of('10.1.0.9', '10.1.0.8'), ['a: 10.1.0.9 comes after 10.1.0.8']);
  });
});

describe('the file of the ranges', () => {
  it('is the configuration, with Flannel what its daemon leaves, and else none', () => {
    assert.equal(rangeFileOf(hostLocal('a', {}))?.path, '/etc/cni/net.d/10-x.conflist');
    assert.equal(rangeFileOf(flannel('a', '10.1.0.1/24'))?.path, '/run/flannel/subnet.env');
    const calico = hostLocal('a', { type: 'calico-ipam' });
    assert.equal(rangeFileOf(calico), undefined);
    assert.deepEqual(rangesOf(calico), []);
  });
});

describe('the podCIDRs of nodes', () => {
  it('are in order where they are apart, inside of the pod subnet', () => {
    assert.deepEqual(podCIDRProblems(nodes, '10.1.0.0/16'), []);
  });

  it('must be there, inside, and apart', () => {
    assert.deepEqual(podCIDRProblems([...nodes, nodeAt('c', '')], '10.1.0.0/16'), [
      'c: the podCIDR (none) is outside of the pod subnet, 10.1.0.0/16',
    ]);
    assert.deepEqual(podCIDRProblems([...nodes, nodeAt('c', '10.2.0.0/24')], '10.1.0.0/16'), [
      'c: the podCIDR 10.2.0.0/24 is outside of the pod subnet, 10.1.0.0/16',
    ]);
    assert.deepEqual(podCIDRProblems([...nodes, nodeAt('c', '10.1.1.128/25')], '10.1.0.0/16'), [
      '10.1.1.0/24 of b and 10.1.1.128/25 of c overlap',
    ]);
  });
});
