import {
  type Cell,
  check,
  type Endpoint,
  feature,
  formerAddress,
  heldBy,
  heldSince,
  newPods,
  nobodyThere,
  nodeAccess,
  nodes,
  onePodPerNode,
  type Port,
  stimuli,
  targetOf,
} from '@netproof/core';

/** Pods that are started and deleted, over all nodes. */
const starts = 200;
/** On each node at a time: while one starts another ends. */
const atOnce = 2;

/** The part of all new connections that may remain unknown, where an agent had no CPU at that moment. */
const mostUnknown = 0.01;

const tcp = { protocol: 'TCP', port: 8080 } as const;
const both: readonly Port[] = [tcp, { protocol: 'UDP', port: 8080 }];

export default check({
  requirement:
    'While pods start and are deleted, the other pods MUST keep their connections and make new ones, and what came to the nodes with those pods MUST be gone with them.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature(newPods), feature(nodeAccess), nodes(2)],
  onlyNamed: true,
  reddenedBy: {
    must: [
      'address-kept',
      'release-ignored',
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'duplicated-address',
      'policy-targets-dead',
    ],
    may: ['packets-lost'],
  },

  async run({ cluster: { claims }, nodes, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, nodes.list);
    const apart = (source: Endpoint, target: { endpoint?: Endpoint }) => source !== target.endpoint;
    const targets = residents.map(targetOf);
    const gone: Endpoint[] = [];
    /** Of connections that were made meanwhile: how many, and those that were not. */
    const made = { all: 0, lost: [] as Cell[], unknown: 0 };
    let asking = false;
    /** One at a time: asking costs what starting needs. */
    const ask = async () => {
      if (asking) return;
      asking = true;
      const plan = { sources: residents, targets, ports: both, pairs: apart, untold: true };
      const { cells } = await probes.matrix(plan);
      made.all += cells.length;
      made.unknown += cells.filter(({ verdict }) => verdict === 'probe-error').length;
      made.lost.push(...cells.filter(({ verdict }) => verdict !== 'connected' && verdict !== 'probe-error'));
      asking = false;
    };
    const before = await heldBy(nodes, claims);
    const until = performance.now() + stimuli.churn;
    let begun = 0;
    const lane = async (node: string) => {
      while (begun < starts && made.lost.length === 0 && performance.now() < until) {
        begun += 1;
        const { pod } = await pods.start(node);
        await pods.remove([pod]);
        gone.push(pod);
        await ask();
      }
    };
    const kept = await probes.keep({
      sources: onePodPerNode(residents),
      targets,
      port: tcp,
      pairs: apart,
      async during() {
        const lanes = nodes.list.flatMap(({ name }) => Array.from({ length: atOnce }, () => lane(name)));
        await Promise.all(lanes);
      },
    });
    judge.connected(kept);
    judge.connected(await probes.matrix({ sources: residents, targets, ports: both, pairs: apart }));
    if (made.lost.length > 0) judge.connected({ cells: made.lost, ms: 0 });
    if (made.unknown > mostUnknown * made.all)
      judge.inconclusive(`of ${made.all} connections that were made meanwhile ${made.unknown} are not known`);
    const [after, answered] = await Promise.all([
      heldBy(nodes, claims),
      probes.matrix({
        sources: onePodPerNode(residents),
        targets: gone.map(formerAddress),
        ports: [tcp],
        untold: true,
      }),
    ]);
    judge.every(answered, nobodyThere);
    const left = heldSince(before, after);
    judge.holds(left.length === 0, `with ${gone.length} pods gone, nodes still have ${left.join('; ')}`);
    if (gone.length < starts && judge.judgement.findings.length === 0)
      judge.inconclusive(
        `${gone.length} of ${starts} pods had come and gone after ${stimuli.churn / 1000} s`,
      );
    judge.measured({ name: 'longest wait on a kept connection', unit: 'ms', value: kept.longest });
    judge.show({
      title: 'Pods that came and went, and connections of others that were kept meanwhile',
      columns: [
        'pods',
        'kept',
        'questions on them',
        'longest wait, ms',
        'made meanwhile',
        'of them not known',
        's',
      ],
      rows: [
        [
          gone.length,
          kept.cells.length,
          kept.cells.reduce((sum, { answered }) => sum + answered, 0),
          Math.round(kept.longest),
          made.all,
          made.unknown,
          Math.round(kept.ms / 1000),
        ],
      ],
    });
  },
});
