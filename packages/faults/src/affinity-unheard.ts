import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { lackedMeanwhile, leaveBehind } from './left-behind.ts';

export default fault({
  id: 'affinity-unheard',
  story:
    'The proxies have not heard that a Service has sessionAffinity ClientIP and spread every connection anew, as those do that have lost the API server.',
  needs: [feature('Services')],
  withholds: lackedMeanwhile,
  async apply(context) {
    const { cluster, nodes, objects, probes } = context;
    const sticky = (await objects.services()).filter(({ spec }) => spec.sessionAffinity === 'ClientIP');
    const services = await Promise.all(
      sticky.map(async (service) => {
        const { name, namespace = '' } = service.metadata;
        const facts = await cluster.service(namespace, name);
        const { sessionAffinity, sessionAffinityConfig } = service.spec;
        return {
          service,
          facts,
          was: { sessionAffinity: 'None', sessionAffinityConfig: null },
          is: { sessionAffinity, sessionAffinityConfig },
          reached: { was: (count: number) => count > 1, is: (count: number) => count === 1 },
          counted: probes.endpoints.filter(({ id }) => facts.backends.includes(id)),
        };
      }),
    );
    if (services.length > 0) return leaveBehind(context, nodes.list, services);
    throw new NetproofError('no Service of netproof has affinity', {
      code: 'NO_SERVICE',
      exit: exitCode.defect,
    });
  },
});
