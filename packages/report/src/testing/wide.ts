import {
  type Cell,
  type Endpoint,
  exactly,
  type JournalEvent,
  Judge,
  type Lookup,
  type NewEvent,
  type Port,
  type Target,
  targetOf,
} from '@netproof/core';
import { cellStarted, nodes, noNat, pods, ports, runStarted } from './cluster.ts';
import { finished, journalCell, journalQuestion, setUp, stamped, tearDown } from './runs.ts';
import { watchEvents } from './watches.ts';

/** Journals with what the first checks do not have: nodes, clients outside, NodePorts, latency, files, 100 pods. */

type Latency = Extract<NewEvent, { event: 'latency' }>;

const outside: Endpoint = { kind: 'outside', id: 'outside/client', node: '', ip: '172.18.0.9', labels: {} };
const hosts: readonly Endpoint[] = nodes.map(({ name, ip }, at) => ({
  kind: 'node',
  id: `node/${['control-plane', 'worker', 'worker2'][at]}`,
  node: name,
  ip,
  labels: {},
}));

export const mixedChecks = [
  ['pod-network/nodes/to-pods', 'A node MUST reach every pod on every node without NAT.'],
  [
    'services/node-port/outside',
    'A NodePort MUST answer on every node, also to clients outside the cluster.',
  ],
  ['services/load-balancing/cluster-ip', 'A Service MUST give each of its endpoints the same chance.'],
  ['network-policy/deny-all', 'A pod that a policy isolates MUST NOT be reached by anybody.'],
  ['network-policy/allow-own', 'A pod MUST be reached by those that its policy names, and by nobody else.'],
  [
    'dns/services',
    'A nameserver MUST give the address of each Service, over UDP and TCP, to pods on every node.',
  ],
  [
    'latency/pod/other-node',
    'A new connection between pods on different nodes MUST NOT take more than 3 times as long as one between their nodes.',
  ],
  [
    'latency/service',
    'A new connection through a Service MUST NOT take more than twice as long as one to its pod.',
  ],
  [
    'latency/pod/same-node',
    'A new connection between pods on one node MUST NOT take more than 3 times as long as over loopback.',
  ],
].map(([id = '', requirement = '']) => ({ ...noNat, id, requirement }));

/** A node that does not let pods in, a NodePort that is dead from outside, an ignored policy, slow Services. */
export function mixedRun(): readonly JournalEvent[] {
  const [toPods, nodePort, balanced, deny, allow, dns, otherNode, service, sameNode] = mixedChecks.map(
    ({ id }) => id,
  );
  const worker2 = nodes[2]!.name;
  const nodePorts = nodes.map(
    ({ name, ip }): Target => ({
      label: `NodePort x/web on ${name}`,
      address: ip,
      servers: pods.map(({ id }) => id),
    }),
  );
  const isolated = (cell: Cell) => cell.target.endpoint?.id.startsWith('z/') === true;
  const own = ({ source }: Cell) => source.id.startsWith('z/');
  return stamped([
    ...setUp.map((event) => {
      if (event.event === 'cell-started') return { ...event, checks: mixedChecks };
      if (event.event !== 'probes-ready') return event;
      return {
        ...event,
        endpoints: [...event.endpoints, ...[...hosts, outside].map(({ labels: _, ...end }) => end)],
      };
    }),
    ...matrixRun(
      toPods!,
      [...hosts, outside],
      pods.map(targetOf),
      ports,
      (judge, table) => judge.connected(table),
      ({ source, target }) =>
        source.kind === 'node' && source.node === worker2 && target.endpoint?.node !== worker2
          ? { verdict: 'unreachable', answered: 0 }
          : {},
    ),
    ...matrixRun(
      nodePort!,
      [...pods.slice(0, 3), outside],
      nodePorts,
      [{ protocol: 'TCP', port: 30080 }],
      (judge, table) => judge.connected(table),
      ({ source, target }) =>
        source.kind === 'outside' && target.address === nodes[1]!.ip
          ? { verdict: 'refused', answered: 1 }
          : { clientSeenAs: '10.1.1.1' },
    ),
    ...unevenRun(balanced!),
    ...matrixRun(
      deny!,
      pods,
      pods.map(targetOf),
      ports,
      (judge, table) =>
        judge.every(table, (cell) =>
          isolated(cell) === (cell.verdict === 'dropped') ? undefined : `${cell.verdict}, must be dropped`,
        ),
      (cell) => (isolated(cell) ? { verdict: 'dropped', answered: 0 } : {}),
    ).flatMap((event): readonly NewEvent[] =>
      event.event === 'check-finished' ? [...watchEvents(deny!), event] : [event],
    ),
    ...matrixRun(
      allow!,
      pods,
      pods.map(targetOf),
      ports,
      (judge, table) =>
        judge.every(table, (cell) => {
          const wanted = !isolated(cell) || own(cell) ? 'connected' : 'dropped';
          return cell.verdict === wanted ? undefined : `${cell.verdict}, must be ${wanted}`;
        }),
      (cell) =>
        isolated(cell) && !own(cell) && cell.port.protocol === 'TCP'
          ? { verdict: 'dropped', answered: 0 }
          : {},
    ),
    ...lookupsRun(dns!),
    ...latencyRun(otherNode!, { factor: 1.6, limit: 3 }),
    ...latencyRun(service!, {
      factor: 3.1,
      limit: 2,
      path: 'pod → ClusterIP, new connections',
      baseline: 'pod → pod, new connections',
    }),
    ...latencyRun(sameNode!, { factor: 2.9, limit: 3, noisy: true }),
    ...tearDown(1),
  ]);
}

/** Evidence of a check as the runner keeps it. */
export const kept = [
  { title: 'nat table of worker', file: 'evidence/pod-network/no-nat/other-node/nat-worker.txt' },
  { title: 'Capture on worker, eth0', file: 'evidence/pod-network/no-nat/other-node/worker-eth0.pcap' },
];

/** 100 pods on 5 nodes. UDP into one node is dropped; on another node one pod is dead to all. */
export function largeRun(): readonly JournalEvent[] {
  const all = Array.from({ length: 5 }, (_, at) => ({
    name: `big-worker${at + 1}`,
    ip: `172.18.0.${at + 2}`,
    podCIDR: `10.1.${at}.0/24`,
    controlPlane: at === 0,
  }));
  const many = Array.from(
    { length: 100 },
    (_, at): Endpoint => ({
      kind: 'pod',
      id: `x/p${at}`,
      node: all[at % 5]!.name,
      ip: `10.1.${at % 5}.${at + 2}`,
      labels: {},
    }),
  );
  return stamped([
    runStarted,
    { ...cellStarted, cluster: 'big', nodes: all, checks: [noNat] },
    { event: 'probes-ready', endpoints: many.map(({ labels: _, ...end }) => end) },
    ...matrixRun(
      noNat.id,
      many,
      many.map(targetOf),
      ports,
      (judge, table) => judge.connected(table),
      ({ target, port }) =>
        (port.protocol === 'UDP' && target.endpoint?.node === 'big-worker3') || target.label === 'x/p4'
          ? { verdict: 'dropped', answered: 0 }
          : {},
    ),
    { event: 'cell-finished', cluster: 'big' },
    { event: 'run-finished', exit: 1 },
  ]);
}

function matrixRun(
  check: string,
  sources: readonly Endpoint[],
  targets: readonly Target[],
  ports: readonly Port[],
  judging: (judge: Judge, table: { cells: readonly Cell[]; ms: number }) => void,
  change: (cell: Cell) => Partial<Cell>,
): readonly NewEvent[] {
  const cells = sources.flatMap((source) =>
    targets
      .filter(({ endpoint }) => endpoint?.id !== source.id)
      .flatMap((target) =>
        ports.map((port): Cell => {
          const server = target.servers[0]!;
          const cell: Cell = {
            source,
            target,
            port,
            verdict: 'connected',
            attempts: 1,
            answered: 1,
            ms: 1.2,
            server,
            clientSeenAs: source.ip,
          };
          const changed = { ...cell, ...change(cell) };
          if (changed.verdict === 'connected') return changed;
          const { ms: _, server: __, clientSeenAs: ___, ...silent } = changed;
          return { ...silent, attempts: changed.answered === 0 ? 3 : 1 };
        }),
      ),
  );
  const judge = new Judge();
  judging(judge, { cells, ms: 41 });
  return [
    { event: 'check-started', check },
    ...cells.map((cell) => ({ event: 'verdict', check, cell: journalCell(cell) }) as const),
    finished(judge, 980, { check }),
  ];
}

/** One client of three is always sent to the first backend. */
function unevenRun(check: string): readonly NewEvent[] {
  const judge = new Judge();
  const port = { protocol: 'TCP', port: 80 } as const;
  const backends = ['x/a', 'x/b', 'x/c'];
  const target: Target = { label: 'Service x/balanced', address: '10.96.114.20', servers: backends };
  const samples = pods.slice(3, 6).map((source, at) => ({
    source,
    target,
    port,
    servers: Array.from({ length: 300 }, (_, turn) => backends[at === 1 ? 0 : turn % 3]!),
    verdicts: { connected: 300 },
    ms: 210,
  }));
  for (const sample of samples) {
    judge.reached(sample, 300);
    const p = sample === samples[1] ? 1e-140 : 1;
    judge.notRejected(
      {
        name: `chi-square against equal shares, from ${sample.source.node}`,
        value: p === 1 ? 0 : 600,
        degreesOfFreedom: 2,
        p,
        alpha: 1e-6,
        samples: 300,
        detects: 'one backend preferred by 40 % is found with probability 0.99',
      },
      `from ${sample.source.id} on ${sample.source.node}: uneven over 3 backends: x/a 300, x/b 0, x/c 0 of 300`,
      sample,
    );
  }
  return [
    { event: 'check-started', check },
    ...samples.map(
      ({ source, servers, verdicts }) =>
        ({
          event: 'sample',
          check,
          source: source.id,
          target: target.label,
          address: target.address,
          port,
          connections: 300,
          servers: Object.fromEntries(
            backends.map((backend) => [backend, servers.filter((server) => server === backend).length]),
          ),
          verdicts,
          ms: 210,
        }) as const,
    ),
    finished(judge, 640, { check }),
  ];
}

/** Over UDP nobody answers the pods of one node; one name has a wrong address. */
function lookupsRun(check: string): readonly NewEvent[] {
  const judge = new Judge();
  const lookups = pods.slice(0, 3).flatMap((source) =>
    (['UDP', 'TCP'] as const).flatMap((transport) =>
      ['web.x.svc.cluster.local.', 'sticky.y.svc.cluster.local.'].map((name): Lookup => {
        const lookup = {
          source,
          transport,
          name,
          server: '10.96.0.10',
          question: { name, type: 'A' },
        } as const;
        if (transport === 'UDP' && source.id === 'x/b') return { ...lookup, verdict: 'dropped' };
        const data = name.startsWith('sticky') ? '10.96.9.9' : '10.96.0.80';
        return {
          ...lookup,
          verdict: 'answered',
          rcode: 'NOERROR',
          records: [{ name, type: 'A', ttl: 5, data }],
          ms: 0.8,
        };
      }),
    ),
  );
  judge.answered(lookups, exactly(['10.96.0.80']));
  return [
    { event: 'check-started', check },
    ...lookups.map((lookup) => {
      const { source: _, question: __, records, ...rest } = lookup;
      return {
        event: 'lookup',
        check,
        ...journalQuestion(lookup),
        ...rest,
        ...(records && { records: [...records] }),
      } as const;
    }),
    finished(judge, 41, { check }),
  ];
}

interface Slow {
  readonly factor: number;
  readonly limit: number;
  readonly noisy?: boolean;
  readonly path?: string;
  readonly baseline?: string;
}

/** One path that takes `factor` times as long as its baseline, measured in six blocks in turns. */
function latencyRun(check: string, slow: Slow): readonly NewEvent[] {
  const judge = new Judge();
  const event = latencyEvent(check, slow);
  const { p50 } = event.ratio;
  judge.holds(
    p50.low <= slow.limit,
    `a new connection took ${p50.value} times as long as the baseline, more than ${slow.limit}`,
  );
  if (slow.noisy) judge.inconclusive('the machine was too busy to judge: 14 % of its time was stolen');
  return [{ event: 'check-started', check }, event, finished(judge, 21_400, { check })];
}

export function latencyEvent(check: string, { factor, limit, noisy = false, path, baseline }: Slow): Latency {
  const times = { path: 118 * factor, baseline: 118 };
  const spread = noisy ? 0.9 : 0.3;
  const block = (arm: 'path' | 'baseline', at: number) => {
    const p50 = times[arm] * (1 + 0.03 * Math.sin(at + (arm === 'path' ? 1 : 0)));
    return {
      arm,
      n: 4_000,
      quantiles: {
        p50,
        p90: p50 * (1 + spread),
        p95: p50 * (1 + 1.6 * spread),
        p99: p50 * (1 + 5 * spread),
        max: p50 * (9 + at),
      },
    };
  };
  const bounds = Array.from({ length: 40 }, (_, at) => 40 * 1.18 ** at);
  const bins = (['path', 'baseline'] as const).flatMap((arm) => {
    // A logistic in the logarithm, with a tail that is heavier above.
    const below = (time: number) => {
      const z = Math.log(time / times[arm]) / (time > times[arm] ? spread * 0.7 : spread * 0.4);
      return 1 / (1 + Math.exp(-z));
    };
    return bounds.map((upTo, at) => ({
      arm,
      upTo: Number(upTo.toFixed(1)),
      count: Math.round(12_000 * (below(upTo) - (at === 0 ? 0 : below(bounds[at - 1]!)))),
    }));
  });
  const width = noisy ? 0.4 : 0.04;
  const round = (value: number) => Number(value.toPrecision(3));
  return {
    event: 'latency',
    check,
    path: path ?? 'pod → pod, other node, new connections',
    baseline: baseline ?? 'node → node, new connections',
    blocks: [0, 1, 2, 3, 4, 5].map((at) => block(at % 2 === 0 ? 'path' : 'baseline', at)),
    ratio: {
      p50: {
        value: round(factor),
        low: round(factor * (1 - width)),
        high: round(factor * (1 + width)),
        limit,
      },
      p99: {
        value: round(factor * 1.1),
        low: round(factor * (1.1 - 2 * width)),
        high: round(factor * (1.1 + 2.5 * width)),
      },
    },
    confidence: 0.99,
    histogram: bins,
    guards: [
      { name: 'CPU throttling', value: '0 periods', ok: true },
      { name: 'stolen time', value: noisy ? '14 %' : '0.2 %', ok: !noisy },
      { name: 'TCP retransmits', value: '0', ok: true },
    ],
  };
}
