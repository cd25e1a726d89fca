import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type Endpoint,
  Judge,
  resultOf,
  type Sample,
  type SamplePlan,
  type ServiceFacts,
} from '@netproof/core';
import { faults } from '@netproof/faults';
import { loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);

const list = ['a', 'b', 'c'].map((name, at) => ({
  ...{ name, ip: `172.18.0.${at + 2}`, podCIDR: `10.1.${at}.0/24`, controlPlane: at === 0 },
}));
const pods = list.flatMap(({ name, ip }, at): Endpoint[] => [
  { kind: 'pod', id: `x/${name}`, node: name, ip: `10.1.${at}.2`, labels: {} },
  { kind: 'pod', id: `y/${name}`, node: name, ip: `10.1.${at}.3`, labels: {} },
  { kind: 'node', id: `node/${name}`, node: name, ip, labels: {} },
]);
const endpoints: Endpoint[] = [...pods, { kind: 'pod', id: 'x/d', node: 'a', ip: '10.1.0.4', labels: {} }];

/** Answers each connection by the backends in turn, except where a test says otherwise. */
async function judged(
  id: string,
  service: Pick<ServiceFacts, 'ports' | 'backends'>,
  change: (plan: SamplePlan) => Partial<Sample> = () => ({}),
) {
  const judge = new Judge();
  const asked: SamplePlan[] = [];
  const sample = async (plan: SamplePlan): Promise<Sample> => {
    asked.push(plan);
    const { source, target, port, connections } = plan;
    return {
      ...{ source, target, port, ms: 1, clientSeenAs: [source.ip] },
      servers: Array.from(
        { length: connections },
        (_, at) => service.backends[at % service.backends.length] ?? null,
      ),
      verdicts: { connected: connections },
      ...change(plan),
    };
  };
  const { cluster, nodes, ...rest } = contextWith({ endpoints, sample });
  const facts = { id: 'x/web', clusterIP: '10.96.0.9', ...service };
  const check = all.find((one) => one.id === id) ?? assert.fail();
  const own = { cluster: { ...cluster, service: async () => facts }, nodes: { ...nodes, list }, judge };
  await check.run({ ...rest, ...own });
  const said = judge.judgement.findings.map(({ message }) => message).join('; ');
  return { result: resultOf(judge.judgement), said, asked };
}

const port = (protocol: 'TCP' | 'UDP', at: number, targetPort: number) => ({
  ...{ name: `${protocol}-${at}`, protocol, port: at, targetPort },
});

describe('the check that a ClusterIP leads to every backend', () => {
  const service = {
    ports: [port('TCP', 80, 8083), port('UDP', 80, 8083), port('TCP', 81, 8092), port('UDP', 81, 8092)],
    backends: ['x/a', 'x/b', 'x/c'],
  };
  const id = 'services/cluster-ip/every-backend';

  it('holds each port of it against its own target port, and asks the second only a few times', async () => {
    const { result, asked } = await judged(id, service);
    assert.equal(result, 'pass');
    const seen = asked.map(({ port, target }) => `${port.protocol} ${port.port} ${target.serverPort}`);
    assert.deepEqual(new Set(seen), new Set(['TCP 80 8083', 'UDP 80 8083', 'TCP 81 8092', 'UDP 81 8092']));
    // Of every node a backend, another pod, and the node itself.
    assert.equal(seen.length, 4 * 9);
    for (const { port, connections } of asked) assert.equal(connections < 10, port.port === 81);
  });

  it('is red where only the second port leads elsewhere', async () => {
    const { result, said } = await judged(id, service, ({ port, source, connections }) =>
      port.port === 81 && port.protocol === 'UDP' && source.id === 'node/b'
        ? {
            verdicts: { 'wrong-peer': connections },
            servers: Array(connections).fill('x/a at its port 8083'),
          }
        : {},
    );
    assert.equal(result, 'fail');
    assert.match(said, /^from node\/b on b to Service x\/web, UDP 81: 4 of 4 connections/);
  });
});

describe('the check that an endpoint sees the address of its client', () => {
  const service = {
    ports: [port('TCP', 80, 8089), port('UDP', 80, 8089)],
    backends: ['x/a', 'x/b', 'x/c', 'x/d'],
  };
  const id = 'services/cluster-ip/client-address';
  const fromB = (change: Partial<Sample>) => (plan: SamplePlan) => (plan.source.id === 'y/b' ? change : {});

  it('asks from a pod of every node that is none of them', async () => {
    const { result, asked } = await judged(id, service);
    assert.equal(result, 'pass');
    assert.deepEqual(new Set(asked.map(({ source }) => source.id)), new Set(['y/a', 'y/b', 'y/c']));
  });

  it('knows nothing where one of them was not met from some node', async () => {
    const { result, said } = await judged(id, service, fromB({ servers: ['x/b', 'x/c', 'x/d'] }));
    assert.equal(result, 'inconclusive');
    assert.match(said, /^from y\/b on b to Service x\/web, TCP 80: none of \d+ connections came to x\/a, so/);
  });

  it('is red where another address was seen, also where one of them was not met', async () => {
    const change = { servers: ['x/b'], clientSeenAs: ['172.18.0.3'] };
    assert.equal((await judged(id, service, fromB(change))).result, 'fail');
  });

  it('needs all of them', async () => {
    const { result } = await judged(id, { ...service, backends: ['x/a', 'x/b', 'x/c'] });
    assert.equal(result, 'error');
  });
});
