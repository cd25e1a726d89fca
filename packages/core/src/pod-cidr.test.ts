import assert from 'node:assert/strict';
import type { Endpoint } from './endpoint.ts';
import { outsidePodCIDR } from './pod-cidr.ts';

const nodes = [
  { name: 'a', ip: '172.18.0.2', podCIDR: '10.1.0.0/24', controlPlane: true },
  { name: 'b', ip: '172.18.0.3', podCIDR: 'fd00:1::/64', controlPlane: false },
  { name: 'c', ip: '172.18.0.4', podCIDR: '', controlPlane: false },
];
const pod = (node: string, ip: string): Endpoint => ({ kind: 'pod', id: 'x/a', node, ip, labels: {} });
const outside = (node: string, ip: string) => outsidePodCIDR([pod(node, ip)], nodes).length === 1;

describe('outsidePodCIDR', () => {
  it('finds pods with an address of another node, of no node, or with none', () => {
    assert(!outside('a', '10.1.0.0') && !outside('a', '10.1.0.255'));
    assert(outside('a', '10.1.1.0') && outside('a', '10.0.255.255') && outside('a', ''));
    assert(outside('c', '10.1.0.7') && outside('d', '10.1.0.7'));
  });

  it('knows IPv6, and takes no family for the other', () => {
    assert(!outside('b', 'fd00:1::7') && outside('b', 'fd00:2::7'));
    assert(outside('b', '10.1.0.7') && outside('a', 'fd00:1::7'));
  });

  it('says which and where', () => {
    assert.deepEqual(outsidePodCIDR([pod('a', '10.9.0.7')], nodes), ['x/a has 10.9.0.7, a has 10.1.0.0/24']);
  });
});
