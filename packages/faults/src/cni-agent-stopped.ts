import {
  bounds,
  cniAgents,
  exitCode,
  fault,
  feature,
  NetproofError,
  newPods,
  nodes,
  type ObjectName,
  type Objects,
  settle,
} from '@netproof/core';
import { leftObjects, markObject, unmarkObject } from './api-marks.ts';
import { looks } from './looks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/** The fields of a DaemonSet that are read here. */
interface DaemonSet {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly updateStrategy: object;
    readonly template: { readonly spec: { readonly affinity?: { readonly nodeAffinity?: object } } };
  };
  readonly status: {
    readonly observedGeneration: number;
    readonly desiredNumberScheduled: number;
    readonly numberMisscheduled: number;
  };
}

/*
 * Not by a signal: the kubelet starts anew, in the midst of a proof, what does not answer for a minute. The DaemonSet
 * leaves a node out instead, and may start nothing anew elsewhere because of that.
 *
 * Where an agent enforces policies it has to let a new pod through (Calico), or makes its network (Cilium). Where it only
 * keeps routes and files, as on bridge and Flannel, a new pod needs nothing of it, and nothing would show.
 */
export default fault({
  id: 'cni-agent-stopped',
  story:
    'No agent of the CNI runs on one node, as where it was evicted there or cannot start: what is programmed stays, and new pods get no network that works.',
  needs: [feature('PodNetwork'), feature('NetworkPolicy'), feature(cniAgents), feature(newPods), nodes(2)],
  withholds: [newPods],
  async apply({ cni, nodes, objects }) {
    const { from } = pairOfNodes(nodes);
    const [agents] = cni.daemonSets;
    if (agents === undefined) {
      throw new NetproofError('the cluster names no DaemonSet of its CNI', {
        code: 'NO_AGENTS',
        exit: exitCode.defect,
      });
    }
    const before = await daemonSet(objects, agents);
    const { updateStrategy, template } = before.spec;
    const { affinity } = template.spec;
    const change = (spec: object) => objects.patch(agents, { spec });
    const isGone = ({ metadata, status }: DaemonSet) =>
      status.observedGeneration === metadata.generation &&
      status.desiredNumberScheduled === before.status.desiredNumberScheduled - 1 &&
      status.numberMisscheduled === 0;
    const revert = async () => {
      // To the letter: of another template all agents would be started anew. Null takes out what was not there.
      await change({
        updateStrategy: { rollingUpdate: null, ...updateStrategy },
        template: {
          spec: { affinity: affinity ? { ...affinity, nodeAffinity: nodeAffinityOf(affinity) } : null },
        },
      });
      await objects.available(agents);
      await unmarkObject(objects, agents);
      await leftObjects(objects, [agents]);
    };
    try {
      await markObject(objects, agents, 'cni-agent-stopped');
      await change({
        updateStrategy: { type: 'OnDelete', rollingUpdate: null },
        template: { spec: { affinity: { nodeAffinity: { [required]: without(from.name) } } } },
      });
      await settle({
        until: `no agent of the CNI runs on ${from.name}`,
        bound: bounds.deletion,
        sample: () => daemonSet(objects, agents),
        settled: isGone,
        show: ({ status }) => JSON.stringify(status),
      });
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: looks(async () => isGone(await daemonSet(objects, agents))), revert };
  },
});

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

/** By the node's name, as the DaemonSet controller itself does it. */
function without(node: string) {
  return {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [node] }] }],
  };
}

function nodeAffinityOf({ nodeAffinity }: { readonly nodeAffinity?: object }) {
  return nodeAffinity ? { [required]: null, ...nodeAffinity } : null;
}

async function daemonSet(objects: Objects, name: ObjectName): Promise<DaemonSet> {
  return (await objects.get(name)) as unknown as DaemonSet;
}
