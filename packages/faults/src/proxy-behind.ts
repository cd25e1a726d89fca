import { exitCode, fault, feature, NetproofError, nodes } from '@netproof/core';
import { type Former, lackedMeanwhile, leaveBehind } from './left-behind.ts';

/** The label by which a probe pod is told from the others of its namespace. */
const podLabel = 'netproof.dev/pod';

export default fault({
  id: 'proxy-behind',
  story:
    'The proxy of one node stands still and leads all connections of a Service to the one backend that it had before, as one does that has lost the API server.',
  needs: [feature('Services'), nodes(2)],
  withholds: lackedMeanwhile,
  async apply(context) {
    const { cluster, nodes, objects, probes } = context;
    const behind = nodes.list.slice(-1);
    const spread = (await objects.services()).filter(
      ({ spec }) => spec.sessionAffinity !== 'ClientIP' && spec.clusterIP !== 'None',
    );
    const services = await Promise.all(
      spread.map(async (service): Promise<Former[]> => {
        const { name, namespace = '' } = service.metadata;
        const facts = await cluster.service(namespace, name);
        const backends = probes.endpoints.filter(({ id }) => facts.backends.includes(id));
        // On the node itself: what its proxy leads there shows the client's address or the node's.
        const first = backends.find(({ node }) => node === behind[0]?.name);
        if (first === undefined || backends.length < 2) return [];
        return [
          {
            service,
            facts,
            was: { selector: { [podLabel]: first.labels[podLabel] } },
            is: { selector: { [podLabel]: null } },
            reached: { was: (count) => count === 1, is: (count) => count === backends.length },
            counted: [first],
          },
        ];
      }),
    );
    if (services.flat().length > 0) return leaveBehind(context, behind, services.flat());
    throw new NetproofError('no Service of netproof spreads over several backends', {
      code: 'NO_SERVICE',
      exit: exitCode.defect,
    });
  },
});
