import assert from 'node:assert/strict';
import { behindHostPort, type Endpoint, hostPortLabel, namedPortsOf, policyPods } from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { servedPorts } from './agent/wire.ts';
import { probeManifest, samplePods } from './manifest.ts';

const manifest = (nodes: number) =>
  probeManifest({
    nodes: Array.from({ length: nodes }, (_, index) => `n${index}`),
    image: 'agent:1',
    run: 'r1',
    agentSource: '// agent',
  });

const hostNetwork = ({ spec }: Manifest) => (spec as { hostNetwork?: boolean }).hostNetwork === true;
const podsIn = (objects: readonly Manifest[]) =>
  objects.filter((object) => object.kind === 'Pod' && !hostNetwork(object));
const nodePodsIn = (objects: readonly Manifest[]) =>
  objects.filter((object) => object.kind === 'Pod' && hostNetwork(object));
const containersOf = ({ spec }: Manifest) =>
  (spec as { containers: { name: string; env: object[]; startupProbe: object }[] }).containers;
type ContainerPort = { name: string; protocol: string; containerPort: number; hostPort?: number };
const portsOf = (pod: Manifest) =>
  (pod.spec as { containers: { ports: ContainerPort[] }[] }).containers.flatMap(({ ports }) => ports);
const idOf = ({ metadata }: Manifest) => `${metadata.namespace}/${metadata.name}`;
const endpointOf = (pod: Manifest): Endpoint => ({
  kind: 'pod',
  id: idOf(pod).replace('netproof-', ''),
  node: nodeOf(pod) ?? '',
  ip: '',
  labels: {},
});
const nodeOf = (pod: Manifest) => /"values":\["(n\d+)"\]/.exec(JSON.stringify(pod.spec))?.[1];

describe('probeManifest', () => {
  it('has pods a, b and c in each of three namespaces and d beside a in y, all labelled with the run', () => {
    const objects = manifest(3);
    const pods = podsIn(objects);
    assert.deepEqual(
      pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted(),
      [...['x', 'y', 'z'].flatMap((space) => ['a', 'b', 'c'].map((name) => `${space}/${name}`)), 'y/d']
        .toSorted()
        .map((id) => `netproof-${id}`),
    );
    const inY = new Map(
      pods
        .filter(({ metadata }) => metadata.namespace === 'netproof-y')
        .map((pod) => [pod.metadata.name, nodeOf(pod)]),
    );
    assert.equal(inY.get('d'), inY.get('a'));
    for (const { metadata } of objects) assert.equal(metadata.labels?.['netproof.dev/run'], 'r1');
  });

  it('leaves out what a cluster does not take', () => {
    const objects = probeManifest({
      nodes: ['n0', 'n1'],
      image: 'agent:1',
      run: 'r1',
      agentSource: '',
      without: { hostNetwork: true, hostPort: true },
    });
    assert.deepEqual(nodePodsIn(objects), []);
    assert.equal(podsIn(objects).length, 10);
    assert.doesNotMatch(JSON.stringify(objects), /hostPort/);
    assert.match(JSON.stringify(manifest(2)), /hostPort/);
    const samples = samplePods('n0', { image: 'agent:1', run: 'r1', agentSource: '' }, 'sample');
    assert.ok(hostNetwork(samples.hostNetwork) && !hostNetwork(samples.plain));
    assert.match(JSON.stringify(samples.hostPort), /hostPort/);
  });

  it('puts one pod of each namespace on each of three nodes', () => {
    const byNamespace = Map.groupBy(podsIn(manifest(3)), ({ metadata }) => metadata.namespace);
    for (const pods of byNamespace.values()) assert.deepEqual(new Set(pods.map(nodeOf)).size, 3);
  });

  it('has one pod in the network of each node, under its name and on it', () => {
    const objects = manifest(12);
    const nodes = new Set(Array.from({ length: 12 }, (_, index) => `n${index}`));
    assert.deepEqual(new Set(podsIn(objects).map(nodeOf)), nodes);
    assert.deepEqual(new Set(nodePodsIn(objects).map(({ metadata }) => metadata.name)), nodes);
    for (const pod of nodePodsIn(objects)) {
      assert.equal(pod.metadata.namespace, 'netproof-node');
      assert.equal(nodeOf(pod), pod.metadata.name);
    }
  });

  for (const nodes of [1, 3, 12]) {
    it(`gives one pod on each of ${nodes} nodes a second container, with an id and ports of its own`, () => {
      const pods = podsIn(manifest(nodes));
      const doubled = pods.filter((pod) => containersOf(pod).length === 2);
      assert.deepEqual(new Set(doubled.map(nodeOf)), new Set(pods.map(nodeOf)));
      assert.equal(doubled.length, nodes);
      const [first, second] = containersOf(doubled[0]!);
      assert.deepEqual(second?.env, [
        { name: 'NETPROOF_ID', value: 'x/a:second' },
        { name: 'NETPROOF_PORTS', value: '8090' },
      ]);
      assert.notDeepEqual(first?.startupProbe, second?.startupProbe);
    });
  }

  it('gives one pod on each node a hostPort, to a port that is served and that policies do not name', () => {
    for (const nodes of [1, 3, 12]) {
      const pods = podsIn(manifest(nodes));
      const open = pods.filter(({ metadata }) => metadata.labels?.[hostPortLabel]);
      assert.deepEqual(open.map(nodeOf).toSorted(), [...new Set(pods.map(nodeOf))].toSorted());
      for (const pod of pods) {
        const ports = portsOf(pod).filter(({ hostPort }) => hostPort !== undefined);
        assert.deepEqual(
          ports.map(({ protocol, containerPort }) => `${protocol} ${containerPort}`),
          open.includes(pod) ? [`TCP ${behindHostPort}`, `UDP ${behindHostPort}`] : [],
        );
        const others = portsOf(pod).filter((port) => !ports.includes(port));
        assert.deepEqual(
          others.map(({ name, protocol, containerPort: port }) => ({ name, protocol, port })),
          namedPortsOf(pod.metadata.name),
        );
      }
    }
    assert.ok(servedPorts.includes(behindHostPort));
  });

  for (const nodes of [1, 2, 4, 5, 9, 12]) {
    it(`spreads, but for the one beside another, evenly over ${nodes} nodes`, () => {
      const counts = [...Map.groupBy(podsIn(manifest(nodes)), nodeOf).values()].map((pods) => pods.length);
      assert.equal(counts.length, nodes);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 2);
    });
  }

  it('has the same ten pods for policies on any number of nodes, and no others where each node has two of them', () => {
    const namesOf = (nodes: number) => podsIn(manifest(nodes)).map(idOf);
    const ten = namesOf(4);
    assert.equal(ten.length, 10);
    for (const nodes of [1, 2, 3]) assert.deepEqual(namesOf(nodes), ten);
    for (const nodes of [5, 9, 12, 500]) {
      const own = policyPods(podsIn(manifest(nodes)).map((pod) => endpointOf(pod)));
      assert.deepEqual(
        own.map(({ id }) => `netproof-${id}`),
        ten,
      );
    }
  });

  it('gives each of many nodes two pods, each under a name of its own in its namespace', () => {
    for (const nodes of [5, 9, 10, 500]) {
      const objects = manifest(nodes);
      const counts = [...Map.groupBy(podsIn(objects), nodeOf).values()].map((pods) => pods.length);
      assert.equal(Math.min(...counts), 2);
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
      assert.equal(new Set(names).size, names.length);
    }
    const alike = ['n', 'n-a', 'n-b', 'n-a-b', 'a', ...Array.from({ length: 9 }, (_, index) => `m${index}`)];
    const names = podsIn(probeManifest({ nodes: alike, image: 'agent:1', run: 'r1', agentSource: '' })).map(
      idOf,
    );
    assert.equal(new Set(names).size, names.length);
  });
});
