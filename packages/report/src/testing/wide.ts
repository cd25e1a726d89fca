import {
  type Cell,
  type Endpoint,
  type JournalEvent,
  type NewEvent,
  type Target,
  targetOf,
} from '@netproof/core';
import { lookupsRun, matrixRun, unevenRun } from './checks.ts';
import { cellStarted, nodes, noNat, pods, ports, runStarted } from './cluster.ts';
import { latencyRun } from './latencies.ts';
import { setUp, stamped, tearDown } from './runs.ts';
import { watchEvents } from './watches.ts';

/** Journals with what the first checks do not have: nodes, clients outside, NodePorts, latency, files, 100 pods. */

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
