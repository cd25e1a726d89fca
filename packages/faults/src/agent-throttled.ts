import { exitCode, fault, NetproofError, nodes } from '@netproof/core';
import { agentCpus, setLimit } from './agent-cpu.ts';
import { leftFaults, throttle } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * The period is the longest that the kernel takes: an agent that has used its share of it stands still for longer
 * than a probe's window. Heartbeats need less than the share, so its control stream lives; a sample needs far more.
 */
export default fault({
  id: 'agent-throttled',
  story:
    'The probes of one node get a fiftieth of a CPU, as on a machine that is overcommitted: the silence is theirs, the network is right.',
  needs: [nodes(2)],
  yields: 'inconclusive',
  async apply({ nodes }) {
    const { name: node } = pairOfNodes(nodes).from;
    const before = await agentCpus(nodes, node);
    if (before.length === 0) {
      throw new NetproofError(`no probe runs on ${node}`, { code: 'NO_AGENT', exit: exitCode.defect });
    }
    const revert = async () => {
      const throttled = (await agentCpus(nodes, node)).filter(({ limit }) => limit.quota === throttle.quota);
      for (const cpu of throttled) {
        const was = before.find(({ group }) => group === cpu.group);
        if (was) await setLimit(nodes, node, cpu, was.limit);
      }
      await leftFaults(nodes, [node]);
    };
    try {
      for (const cpu of before) await setLimit(nodes, node, cpu, throttle);
    } catch (error) {
      await revert();
      throw error;
    }
    // The kernel counts from the start of a container.
    const count = (all: typeof before) => all.reduce((sum, { throttled }) => sum + throttled, 0);
    return { effect: async () => count(await agentCpus(nodes, node)) - count(before), revert };
  },
});
