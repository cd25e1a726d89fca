import { exitCode, fault, feature, NetproofError, netnsOf, nodes, podDevice, within } from '@netproof/core';
import { looks } from './looks.ts';
import { leftFaults, tooLarge } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * One pod alone, and its own end of the pair of devices alone: whom it speaks to tells it to send smaller segments, so
 * that nothing which others ask of it is lost.
 */
export default fault({
  id: 'mtu-above-link',
  story:
    'The interface of a pod lets larger packets through than its node can send on, as where pods were set up for jumbo frames that the network does not carry.',
  needs: [feature('PodNetwork'), nodes(2)],
  async apply({ nodes, probes }) {
    const { from } = pairOfNodes(nodes);
    const pod = probes.endpoints.findLast(({ kind, node }) => kind === 'pod' && node === from.name);
    if (pod === undefined) {
      throw new NetproofError(`no probe pod is on ${from.name}`, { code: 'NO_POD', exit: exitCode.defect });
    }
    const netns = (await netnsOf(nodes, [pod]))(pod);
    const ip = (...argv: string[]) => nodes.run(from.name, within(netns, ['ip', ...argv]));
    const mtu = async () => {
      const [link] = JSON.parse((await ip('-json', 'link', 'show', podDevice)).stdout) as { mtu: number }[];
      return String(link?.mtu);
    };
    const before = await mtu();
    const revert = async () => {
      if ((await mtu()) === tooLarge) await ip('link', 'set', podDevice, 'mtu', before);
      await leftFaults(nodes, [from.name]);
    };
    try {
      await ip('link', 'set', podDevice, 'mtu', tooLarge);
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: looks(async () => (await mtu()) === tooLarge), revert };
  },
});
