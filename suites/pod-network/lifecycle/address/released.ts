import {
  check,
  feature,
  formerAddress,
  heldBy,
  heldSince,
  newPods,
  nobodyThere,
  nodeAccess,
  nodes,
  pair,
  type Target,
  targetOf,
} from '@netproof/core';

const ports = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'UDP', port: 8080 },
] as const;

export default check({
  requirement:
    'When a pod is gone its address MUST be free: nobody answers there to any pod of any node, and no node keeps a device, a route or a reservation that came with the pod.',
  source:
    'https://github.com/containernetworking/cni/blob/main/SPEC.md#del-remove-container-from-network-or-un-apply-modifications',
  slow: true,
  needs: [feature('PodNetwork'), feature(newPods), feature(nodeAccess), nodes(2)],
  // A pod that could not be reached while it was there cannot be shown to have gone: where none can, it is undecided.
  reddenedBy: { must: ['address-kept', 'release-ignored'] },

  async run({ cluster: { claims }, nodes, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, nodes.list);
    const ask = (targets: readonly Target[]) => probes.matrix({ sources: residents, targets, ports });
    const before = await heldBy(nodes, claims);
    const started = await Promise.all(nodes.list.map(({ name }) => pods.start(name)));
    const those = started.map(({ pod }) => pod);
    const [reached, meanwhile] = await Promise.all([ask(those.map(targetOf)), heldBy(nodes, claims)]);
    const silent = reached.cells.filter(({ verdict }) => verdict !== 'connected');
    if (silent.length > 0) {
      judge.inconclusive(
        `not reached while it was there, so that its silence would tell nothing: ${silent.map(pair).join('; ')}`,
      );
    }
    await pods.remove(those);
    const [answered, after] = await Promise.all([ask(those.map(formerAddress)), heldBy(nodes, claims)]);
    judge.every(answered, nobodyThere);
    const came = heldSince(before, meanwhile);
    // Cilium has them in its agents' memory, where one that is left is not seen.
    const reserved = claims.includes('pods/ipam');
    for (const { name } of nodes.list) {
      // A look that sees nothing come would see nothing left either.
      if (!came.some((thing) => thing.startsWith(`${name}: `)))
        judge.error(`no device of the pod was seen on ${name}`);
      if (reserved && !came.some((thing) => thing.startsWith(`${name}: reservation `)))
        judge.error(`no reservation of the pod was seen on ${name}`);
    }
    const left = heldSince(before, after);
    judge.holds(left.length === 0, `with the pods gone, nodes still have ${left.join('; ')}`);
    judge.show({
      title: `What came to the nodes with a pod on each, and what of it was left${reserved ? '' : '; reservations of addresses cannot be read here and were not looked for'}`,
      columns: ['came', 'left'],
      rows: came.map((thing) => [thing, left.includes(thing) ? 'yes' : 'no']),
    });
  },
});
