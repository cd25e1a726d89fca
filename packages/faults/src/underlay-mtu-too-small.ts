import { exitCode, fault, feature, inEveryNetns, NetproofError, nodes, runAll } from '@netproof/core';
import { looks } from './looks.ts';
import { leftFaults, tooSmall } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/** A route as the kernel chooses it. */
interface Way {
  readonly dev: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
}

/*
 * Only the route says so: what is too large arrives in fragments, or its sender is told. What they remember of that is
 * forgotten when the route is gone.
 */
export default fault({
  id: 'underlay-mtu-too-small',
  story:
    'The way between two nodes takes smaller packets than their VXLAN makes of what pods send, as where its headers were not subtracted.',
  needs: [feature('PodNetwork'), feature('pods/vxlan'), nodes(2)],
  async apply({ nodes }) {
    const { from, to } = pairOfNodes(nodes);
    const ip = (...argv: string[]) => nodes.run(from.name, ['ip', ...argv]);
    const isThere = async () =>
      (await ip('route', 'show', 'exact', to.ip)).stdout.includes(` mtu ${tooSmall}`);
    const revert = async () => {
      if (await isThere()) {
        await runAll(nodes, from.name, [
          ['ip', 'route', 'delete', to.ip, 'mtu', tooSmall],
          ['ip', 'route', 'flush', 'cache'],
          inEveryNetns(['ip', 'route', 'flush', 'cache']),
        ]);
      }
      await leftFaults(nodes, [from.name]);
    };
    const [way] = JSON.parse((await ip('-json', 'route', 'get', to.ip)).stdout) as Way[];
    if (way === undefined) {
      throw new NetproofError(`${from.name} knows no way to ${to.name}`, {
        code: 'NO_WAY',
        exit: exitCode.defect,
      });
    }
    const via = way.gateway === undefined ? [] : ['via', way.gateway];
    const src = way.prefsrc === undefined ? [] : ['src', way.prefsrc];
    try {
      await ip('route', 'add', to.ip, ...via, 'dev', way.dev, ...src, 'mtu', tooSmall);
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: looks(isThere), revert };
  },
});
