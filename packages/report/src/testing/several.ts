import { type JournalEvent, Judge, journalEvent, type NewEvent } from '@netproof/core';
import { cellStarted, nodes, noNat, runStarted } from './cluster.ts';
import { finished, noNatRun, proveRun, setUp, stamped } from './runs.ts';

/** Journals of one run on several clusters: one passes, one fails, one breaks off, one does not apply. */

const ids = [
  'dns/service/cluster-ip',
  'dns/service/headless',
  'latency/other-node',
  'latency/same-node',
  'network-policy/deny/ingress',
  'pod-network/address/own',
  'pod-network/localhost/containers',
  noNat.id,
  'pod-network/no-nat/same-node',
  'pod-network/no-nat/to-node',
  'services/cluster-ip/every-backend',
  'services/load-balancing/cluster-ip',
  'services/node-port/every-node',
  'services/node-port/from-outside',
  'services/session-affinity/client-ip',
];

const checks = ids.map((id) =>
  id === noNat.id
    ? noNat
    : { ...noNat, id, requirement: `What ${id} asks MUST be so, on every node and over TCP and UDP.` },
);

interface Variant {
  readonly cluster: string;
  readonly cni: string;
  readonly cniVersion: string;
  readonly claims: string[];
}

const features = ['PodNetwork', 'NodePodCIDR', 'Services', 'OutsideClient', 'kube-proxy/iptables'];
const bridge: Variant = {
  cluster: 'bridge',
  cni: 'bridge (host-local, static routes)',
  cniVersion: 'v1.9.1',
  claims: features,
};
const flannel: Variant = {
  cluster: 'flannel-vxlan',
  cni: 'flannel (vxlan)',
  cniVersion: 'v0.28.1',
  claims: features,
};
const calico: Variant = {
  cluster: 'calico-vxlan',
  cni: 'calico (vxlan)',
  cniVersion: 'v3.32.0',
  claims: [...features, 'NetworkPolicy'],
};
const cilium: Variant = {
  cluster: 'cilium-native',
  cni: 'cilium (native routing)',
  cniVersion: 'v1.20.0',
  claims: ['PodNetwork', 'Services', 'NetworkPolicy', 'kube-proxy/none'],
};

/** By the name of the folder in which each stands. */
export function severalRuns(): Readonly<Record<string, readonly JournalEvent[]>> {
  const worker = nodes[1]!;
  const masqueraded = noNatRun(({ source }) =>
    source.node === worker.name ? { clientSeenAs: worker.ip } : {},
  );
  const [begin, rest] = [ids.slice(0, 9), ids.slice(9)];
  return {
    bridge: on(bridge, 0, [
      ...ids.flatMap((id) =>
        id.startsWith('network-policy/')
          ? notApplicable(id)
          : id === noNat.id
            ? noNatRun()
            : judged(id, (judge) => judge.holds(true, '')),
      ),
      ...ending('bridge', 0),
    ]),
    'calico-vxlan': on(calico, 2, [
      ...begin.flatMap((id) => judged(id, (judge) => judge.holds(true, ''))),
      { event: 'check-started', check: rest[0]! },
      {
        event: 'run-finished',
        exit: 3,
        message:
          'the node netproof-calico-vxlan-worker2 vanished: its container was killed (exit code 137) <script>alert(1)</script>\nlast lines of its log:\n…',
      },
    ]),
    'cilium-native': during(
      3,
      'cilium-native',
      stamped([
        { ...runStarted, argv: ['run', '--cni', 'bridge,flannel,calico,cilium'] },
        {
          event: 'cell-not-applicable',
          ...cilium,
          kubernetes: 'v1.36.3',
          kubeProxy: 'none',
          reasons: [
            'the kernel has no CONFIG_NET_SCH_INGRESS',
            'the kernel has no CONFIG_NETFILTER_XT_TARGET_CT, which native routing without kube-proxy needs',
          ],
        },
        { event: 'run-finished', exit: 0 },
      ]),
    ),
    'flannel-vxlan': on(flannel, 1, [
      ...ids.flatMap((id) => {
        if (id.startsWith('network-policy/')) return notApplicable(id);
        if (id === noNat.id) return masqueraded;
        if (id === 'latency/other-node')
          return judged(id, (judge) =>
            judge.inconclusive(
              'pod → pod, other node, new connections: 2.91 times its baseline (2.60 to 3.24), limit 3, which decides nothing',
            ),
          );
        if (id.startsWith('services/node-port/'))
          return judged(id, (judge) =>
            judge.holds(
              false,
              'from y/a on worker to NodePort x/web, TCP 30080: none of 120 connections came to x/c',
            ),
          );
        return judged(id, (judge) => judge.holds(true, ''));
      }),
      ...ending('flannel-vxlan', 1),
    ]),
  };
}

/** A proof on the first of these clusters. */
export function severalProof(): readonly JournalEvent[] {
  return during(9, 'bridge', proveRun({ blind: true, starved: true }));
}

function on(variant: Variant, hour: number, events: readonly NewEvent[]): readonly JournalEvent[] {
  const begun = setUp.flatMap((event): readonly NewEvent[] => {
    if (event.event === 'run-started')
      return [{ ...event, argv: ['run', '--cni', 'bridge,flannel,calico,cilium'] }];
    if (event.event === 'phase' && event.phase === 'nodes and CoreDNS')
      return [{ ...event, phase: 'cluster ready', ms: event.ms + hour * 7_213 }];
    return [event.event === 'cell-started' ? { ...cellStarted, ...variant, checks } : event];
  });
  return during(hour, variant.cluster, stamped([...begun, ...events]));
}

/** Later, and on nodes that are called after their cluster. */
function during(hour: number, cluster: string, events: readonly JournalEvent[]): readonly JournalEvent[] {
  return events.map((event) => {
    const t = new Date(Date.parse(event.t) + hour * 3_600_000).toISOString();
    const text = JSON.stringify({ ...event, t }).replaceAll('netproof-bridge-', `netproof-${cluster}-`);
    return journalEvent.parse(JSON.parse(text));
  });
}

function judged(id: string, judge: (judge: Judge) => void): readonly NewEvent[] {
  const own = new Judge();
  judge(own);
  return [{ event: 'check-started', check: id }, finished(own, 900 + id.length * 71, { check: id })];
}

function notApplicable(id: string): readonly NewEvent[] {
  const reason = 'the cluster does not claim NetworkPolicy';
  return [
    { event: 'check-started', check: id },
    { ...finished(new Judge(), 1, { check: id }), result: 'not-applicable', reason },
  ];
}

function ending(cluster: string, exit: number): readonly NewEvent[] {
  return [
    { event: 'cell-finished', cluster },
    { event: 'run-finished', exit },
  ];
}
