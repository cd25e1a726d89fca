import assert from 'node:assert/strict';
import type { Endpoint } from './endpoint.ts';
import { everyBackend } from './every-backend.ts';
import { Judge } from './judge.ts';
import type { Probes, SamplePlan, ServiceFacts } from './ports.ts';
import { resultOf } from './result.ts';
import { clusterPorts, nodePorts } from './service-addresses.ts';
import type { Sample } from './verdict.ts';

const backends = ['z/a', 'z/b'];
const service: ServiceFacts = {
  id: 'z/web',
  clusterIP: '10.96.0.9',
  ports: [
    { name: 'tcp', protocol: 'TCP', port: 80, nodePort: 30001, targetPort: 8084 },
    { name: 'udp', protocol: 'UDP', port: 80, nodePort: 30002 },
    { name: 'inside', protocol: 'TCP', port: 81 },
  ],
  backends,
};
const nodes = [
  { name: 'worker', ip: '172.18.0.2', podCIDR: '10.1.0.0/24', controlPlane: false },
  { name: 'worker2', ip: '172.18.0.3', podCIDR: '10.1.1.0/24', controlPlane: false },
];
const source = { kind: 'outside', id: 'outside/client', node: '', ip: '172.18.0.9', labels: {} } as const;

/** Answers each connection by the backends in turn, except where a test says otherwise. */
async function judged(
  change: (plan: SamplePlan) => Partial<Sample> = () => ({}),
  sources: Endpoint[] = [source],
) {
  const judge = new Judge();
  const sample = async (plan: SamplePlan): Promise<Sample> => ({
    ...plan,
    servers: Array.from({ length: plan.connections }, (_, at) => backends[at % 2] ?? null),
    verdicts: { connected: plan.connections },
    clientSeenAs: ['172.18.0.9'],
    ms: 1,
    ...change(plan),
  });
  const probes = { sample } as Partial<Probes> as Probes;
  const addresses = nodePorts(service, nodes);
  await everyBackend({ probes, judge }, { sources, addresses, backends, connections: 4 });
  const { findings, observations } = judge.judgement;
  return { result: resultOf(judge.judgement), findings, rows: observations[0]?.rows };
}

describe('the addresses of node ports', () => {
  it('are each port that has one at each node', () => {
    assert.deepEqual(
      nodePorts(service, nodes).map(({ target, port }) => `${target.address} ${port.protocol} ${port.port}`),
      ['172.18.0.2 TCP 30001', '172.18.0.2 UDP 30002', '172.18.0.3 TCP 30001', '172.18.0.3 UDP 30002'],
    );
  });

  it('lead to the target port, as those of its ClusterIP, where it is a number', () => {
    const ports = [...nodePorts(service, nodes), ...clusterPorts(service)];
    assert.deepEqual(
      ports.map(({ target, port }) => `${port.port} ${target.serverPort}`),
      [
        ...['30001 8084', '30002 undefined', '30001 8084', '30002 undefined'],
        ...['80 8084', '80 undefined', '81 undefined'],
      ],
    );
  });
});

describe('every backend', () => {
  it('is reached where each sample saw them all', async () => {
    const { result, rows } = await judged();
    assert.equal(result, 'pass');
    assert.equal(rows?.length, 4);
    assert.deepEqual(rows?.[0], [
      'outside/client',
      'NodePort of z/web at worker, TCP 30001',
      2,
      2,
      0,
      '172.18.0.9',
    ]);
  });

  it('is not reached where one sample of several lacks one', async () => {
    const { result, findings } = await judged(({ target, port }) =>
      target.label.endsWith('worker2') && port.protocol === 'UDP' ? { servers: Array(4).fill('z/b') } : {},
    );
    assert.equal(result, 'fail');
    assert.deepEqual(
      findings.map(({ message }) => message),
      ['from outside/client to NodePort of z/web at worker2, UDP 30002: none of 4 connections came to z/a'],
    );
  });

  it('is not reached where connections were lost, and then nobody is said to be left out', async () => {
    const { result, findings } = await judged(() => ({
      servers: ['z/a', null, 'z/a', null],
      verdicts: { connected: 2, dropped: 2 },
    }));
    assert.equal(result, 'fail');
    assert.ok(
      findings.every(({ message }) => message.includes('2 of 4 connections did not reach a backend')),
    );
  });

  it('is an error where nobody was there to ask', async () => {
    assert.equal((await judged(undefined, [])).result, 'error');
  });
});
