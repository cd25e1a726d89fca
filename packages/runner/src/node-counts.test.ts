import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  bounds,
  type Cell,
  type CheckContext,
  type Comparison,
  connections,
  type Endpoint,
  type Finding,
  Judge,
  type LatencyPlan,
  type Lookup,
  type MatrixPlan,
  type Need,
  type NodeFacts,
  nodeAccess,
  notApplicable,
  type Probes,
  type Table,
} from '@netproof/core';
import { faults } from '@netproof/faults';
import type { Pod } from '@netproof/kube';
import { endpointsOf, probeManifest } from '@netproof/probe';
import { type LoadedCheck, loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);
/** These read what nodes have written down, and choose no pairs; the tests of `@netproof/cni` are for them. */
const checks = all.filter(({ id }) => !id.startsWith('pod-network/cni/'));
const counts = Array.from({ length: 12 }, (_, index) => index + 1);

const nodesOf = (count: number): readonly NodeFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `n${index}`,
    ip: `172.18.0.${index + 2}`,
    podCIDR: `10.1.${index}.0/24`,
    controlPlane: index === 0,
  }));

/** The probes as they are deployed on so many nodes, and a client outside. */
function endpointsOn(nodes: readonly NodeFacts[]): readonly Endpoint[] {
  const manifest = probeManifest({
    nodes: nodes.map(({ name }) => name),
    image: '',
    run: 'r',
    agentSource: '',
  });
  const pods = manifest.filter(({ kind }) => kind === 'Pod') as unknown as Pod[];
  const found = pods.flatMap((pod, index) => {
    const at = nodes.findIndex(({ name }) => JSON.stringify(pod.spec?.affinity).includes(`"${name}"`));
    const podIP = pod.spec?.hostNetwork ? nodes[at]?.ip : `10.1.${at}.${index + 2}`;
    return endpointsOf({
      metadata: pod.metadata!,
      spec: { ...pod.spec!, nodeName: nodes[at]?.name ?? '' },
      status: { podIP: podIP ?? '' },
    });
  });
  const client = { kind: 'outside', id: 'outside/client', node: '', ip: '172.18.0.99', labels: {} } as const;
  const kinds = ['pod', 'node', 'container'];
  return [...found.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind)), client];
}

/** Everybody answers, also whom policies shut up and whom nobody may hear. */
function connectedTo({ sources, targets, ports, pairs = () => true }: MatrixPlan): Table {
  const cells = sources.flatMap((source) =>
    targets
      .filter((target) => pairs(source, target))
      .flatMap((target) =>
        ports.map(
          (port): Cell => ({
            ...{ source, target, port, verdict: 'connected', attempts: 1, answered: 1, ms: 1 },
            ...{ clientSeenAs: source.ip, clientAddress: source.ip },
          }),
        ),
      ),
  );
  return { cells, ms: 1 };
}

/** @param pass lets time pass, whenever pods are asked */
const answering = (pass: () => void, counted = { fragments: 0 }): Partial<Probes> => ({
  matrix: async (plan) => {
    pass();
    return connectedTo(plan);
  },
  packets: async (endpoints) => {
    counted.fragments += 1_000;
    return endpoints.map((endpoint) => ({ endpoint, mtu: 1_500, ...counted }));
  },
  sample: async ({ source, target, port, connections }) => ({
    ...{ source, target, port, ms: 1, verdicts: { connected: connections } },
    servers: Array.from(
      { length: connections },
      (_, at) => target.servers[at % target.servers.length] ?? null,
    ),
  }),
  resolve: async ({ sources, questions, transports }) =>
    sources.flatMap((source) =>
      questions.flatMap((question) =>
        transports.map(
          (transport): Lookup => ({
            ...{ source, question, transport, name: `${question.name}.`, server: '10.96.0.10' },
            ...{ verdict: 'answered', rcode: 'NXDOMAIN', records: [] },
          }),
        ),
      ),
    ),
  watch: async ({ source, target, port, until, begun, accepted }) => {
    begun?.();
    const at = (await accepted) ?? 0;
    return {
      ...{ source, target, port, until, settledAt: at + 1, rate: 250, longestGap: 4, stalls: 0 },
      clockUncertainty: 0,
      tries: [
        { at: at - 1, verdict: until === 'denied' ? 'connected' : 'dropped' },
        { at: at + 1, verdict: until === 'denied' ? 'dropped' : 'connected' },
      ],
    };
  },
  keep: async ({ port, during, ...plan }) => {
    await during();
    return { ...connectedTo({ ...plan, ports: [port] }), longest: 1 };
  },
});

/** A path that takes as long as its baseline. */
const compare = async ({ names }: LatencyPlan): Promise<readonly Comparison[]> =>
  connections.map((kind) => ({
    ...{ path: names.path, baseline: names.baseline, connections: kind, confidence: 0.99 },
    ...{ blocks: [], histogram: [], guards: [], lost: { path: [], baseline: [] } },
    ratio: { value: 1, low: 1, high: 1, limit: 3, finds: 1 },
  }));

function contextOn(nodes: readonly NodeFacts[], pass: () => void): Omit<CheckContext, 'judge'> {
  const endpoints = endpointsOn(nodes);
  const base = contextWith({ ...answering(pass), endpoints });
  let started = 0;
  return {
    ...base,
    cluster: {
      ...base.cluster,
      service: async (namespace, name) => {
        const of = `${namespace.replace('netproof-', '')}/`;
        const facts = { name: 'port', nodePort: 30_080 };
        return {
          id: `${of}${name}`,
          clusterIP: `10.96.0.${name.length}`,
          // That of every-backend has a second one.
          ports: (name === 'both' ? [80, 81] : [80]).flatMap((port) =>
            (['TCP', 'UDP'] as const).map((protocol) => ({ ...facts, protocol, port })),
          ),
          backends: endpoints
            .filter(({ kind, id }) => kind === 'pod' && id.startsWith(of))
            .map(({ id }) => id),
        };
      },
    },
    nodes: {
      list: nodes,
      run: async () => ({
        stdout: `# device\n${Array.from({ length: started }, (_, at) => `${at}: veth${at}`).join('\n')}\n`,
        ...{ stderr: '', exitCode: 0 },
      }),
    },
    isolation: {
      ...base.isolation,
      namespaces: async () =>
        Object.fromEntries(
          ['x', 'y', 'z'].map((space) => [
            `netproof-${space}`,
            { 'kubernetes.io/metadata.name': `netproof-${space}` },
          ]),
        ),
      set: async () => ({ sentAt: performance.now(), acceptedAt: performance.now() }),
    },
    load: { compare },
    pods: {
      async start(node) {
        started += 1;
        const pod = {
          kind: 'pod',
          id: `new/p${started}`,
          node,
          ip: `10.1.99.${started}`,
          labels: {},
        } as const;
        return { pod, sentAt: 0, readyAt: 0 };
      },
      restart: async (pod) => pod,
      terminate: async () => {},
      remove: async () => {},
    },
  };
}

/** What a check needs beside nodes, a cluster has here. */
const withNodes = (needs: readonly Need[]) => needs.filter(({ kind }) => kind === 'nodes');

const readsNodes = ({ needs }: LoadedCheck) =>
  needs.some((need) => need.kind === 'feature' && need.feature === nodeAccess);

/** What a check could not decide on so many nodes, and what it shows; undefined where they are too few for it. */
async function judged(check: LoadedCheck, count: number, pass: () => void) {
  const nodes = nodesOf(count);
  const context = contextOn(nodes, pass);
  if (notApplicable(withNodes(check.needs), context.cluster, count) !== undefined) return undefined;
  const judge = new Judge();
  const noAccess = () => Promise.reject(new Error('it runs commands on nodes, and does not need NodeAccess'));
  const access = readsNodes(check) ? context.nodes : { list: nodes, run: noAccess };
  await check.run({ ...context, nodes: access, judge });
  const { findings, judged, observations } = judge.judgement;
  const open = findings.filter(({ kind }: Finding) => kind !== 'fail').map(({ message }) => message);
  return { undecided: judged === 0 ? [...open, 'nothing was judged'] : open, observations };
}

describe('each check on 1 to 12 nodes', () => {
  let now = 0;
  before(() => mock.method(performance, 'now', () => now));
  after(() => mock.restoreAll());

  for (const check of checks) {
    it(`${check.id} decides, or says that it needs more nodes`, async () => {
      const open: string[] = [];
      for (const count of counts) {
        const pass = () => {
          // A check of minutes would be over before it has begun.
          now += check.onlyNamed ? 0 : bounds.labelsEnforced;
        };
        const { undecided = [] } = (await judged(check, count, pass)) ?? {};
        for (const why of undecided) open.push(`${count} nodes: ${why}`);
      }
      assert.deepEqual(open, []);
    });
  }

  it('shows, where it is of policies, the nodes that have none of their pods', async () => {
    const check = checks.find(({ id }) => id === 'network-policy/default-deny/both') ?? assert.fail();
    const pass = () => {
      now += bounds.labelsEnforced;
    };
    const shown = async (count: number) => (await judged(check, count, pass))?.observations;
    assert.deepEqual(await shown(9), []);
    const [first] = (await shown(12)) ?? [];
    assert.match(first?.title ?? '', /the 10 pods are on 9 others$/);
    assert.deepEqual(first?.rows, [['n9'], ['n10'], ['n11']]);
  });

  it('needs NodeAccess, or nothing of the nodes, where it is not among these', () => {
    const others = all.filter((check) => !checks.includes(check) && !readsNodes(check));
    assert.deepEqual(
      others.map(({ id }) => id),
      ['pod-network/cni/restart'],
    );
  });

  it('is judged by all of them on three', () => {
    const lacking = checks.filter(({ needs }) => notApplicable(withNodes(needs), contextWith().cluster, 3));
    assert.deepEqual(lacking, []);
  });
});
