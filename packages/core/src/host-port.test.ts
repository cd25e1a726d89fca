import assert from 'node:assert/strict';
import type { Endpoint } from './endpoint.ts';
import { behindHostPort, hostPort, hostPortLabel, hostPorts } from './host-port.ts';

const pod = (id: string, labels: Endpoint['labels']): Endpoint => ({
  ...{ kind: 'pod', id, node: 'worker', ip: '10.1.0.2', labels },
});

describe('the hostPort of a pod', () => {
  it('is at the address of its node, and leads to its own port of that pod alone', () => {
    const nodes = [{ name: 'worker', ip: '172.18.0.2', podCIDR: '10.1.0.0/24', controlPlane: false }];
    const open = pod('x/a', { [hostPortLabel]: `${hostPort}` });
    assert.deepEqual(hostPorts([open, pod('x/b', {})], nodes), [
      {
        label: 'hostPort of x/a',
        address: '172.18.0.2',
        servers: ['x/a'],
        serverPort: behindHostPort,
        endpoint: open,
      },
    ]);
  });
});
