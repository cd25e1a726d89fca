import {
  bounds,
  check,
  cniAgents,
  type Endpoint,
  feature,
  newPodOnEachNode,
  newPods,
  nodes,
  onePodPerNode,
  type Port,
  targetOf,
} from '@netproof/core';

const tcp = { protocol: 'TCP', port: 8080 } as const;
const both: readonly Port[] = [tcp, { protocol: 'UDP', port: 8080 }];

const broken = 'kept connections that broke';

export default check({
  requirement:
    'When the agents of the CNI were restarted on every node and are ready again, every pod MUST reach every other one, and so MUST those that are started then.',
  // That connections which are open meanwhile stay so no page promises: what becomes of them is shown and not judged.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature(cniAgents), feature(newPods), nodes(2)],
  onlyNamed: true,
  reddenedBy: {
    must: ['udp-dropped', 'new-pods-egress-dropped'],
    may: [
      'new-pods-unreachable',
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped-on-node',
      'packets-lost',
      'duplicated-address',
      'policy-targets-dead',
    ],
  },
  movedBy: { 'connections-cut-at-restart': { [broken]: 100 } },

  async run(context) {
    const { cni, nodes: all, probes, judge } = context;
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, all.list);
    const targets = residents.map(targetOf);
    const apart = (source: Endpoint, target: { endpoint?: Endpoint }) => source !== target.endpoint;
    let restarted = { agents: 0, ms: 0 };
    const kept = await probes.keep({
      sources: onePodPerNode(residents),
      targets,
      port: tcp,
      pairs: apart,
      async during() {
        restarted = await cni.restart();
      },
    });
    // A CNI that starts may take the agents their CPU. What they could tell counts at once; the rest is asked again.
    const readyAt = performance.now();
    for (let open = true; open && judge.judgement.findings.length === 0; ) {
      const table = await probes.matrix({ sources: residents, targets, ports: both, pairs: apart });
      const told = table.cells.filter(({ reason }) => reason !== 'starved');
      open = told.length < table.cells.length && performance.now() - readyAt < bounds.cpuAgain;
      if (told.length > 0 || !open) judge.connected(open ? { ...table, cells: told } : table);
    }
    const known = kept.cells.filter(({ verdict }) => verdict !== 'probe-error');
    const lost = known.filter(({ verdict }) => verdict !== 'connected');
    if (known.length > 0)
      judge.measured({ name: broken, unit: '%', value: (100 * lost.length) / known.length });
    judge.measured({ name: 'longest wait on a kept connection', unit: 'ms', value: kept.longest });
    judge.measured({ name: 'agents deleted to ready', unit: 'ms', value: restarted.ms });
    judge.show({
      title:
        'Connections between pods that were open while the agents of the CNI restarted: observed, not judged',
      columns: [
        'agents',
        'deleted to ready, s',
        'kept',
        'of them broke',
        'not known',
        'questions on them',
        'longest wait, ms',
      ],
      rows: [
        [
          restarted.agents,
          Math.round(restarted.ms / 100) / 10,
          kept.cells.length,
          lost.length,
          kept.cells.length - known.length,
          kept.cells.reduce((sum, { answered }) => sum + answered, 0),
          Math.round(kept.longest),
        ],
      ],
    });
    // Last: it throws where no new pod gets Ready.
    await newPodOnEachNode(context, residents);
  },
});
