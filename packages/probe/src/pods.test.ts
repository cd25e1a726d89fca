import assert from 'node:assert/strict';
import { exitCode, NetproofError } from '@netproof/core';
import type { Kube, Manifest } from '@netproof/kube';
import { deployProbes } from './pods.ts';

/** A cluster on which agents in the networks of nodes do not get ready. */
function clusterWhere(why: string, left: readonly string[] = []) {
  const removed: string[] = [];
  const kube = {
    put: async () => {},
    wait: {
      async pods({ labelSelector }: { labelSelector: string }) {
        if (labelSelector.includes('!netproof.dev/on-host')) return [];
        throw new NetproofError(why, { code: 'NOT_READY', exit: exitCode.environment });
      },
    },
    async remove(objects: readonly Manifest[]) {
      removed.push(...objects.map(({ metadata }) => metadata.name));
      return left;
    },
  };
  const told: string[] = [];
  const onNoNodeAgents = (said: string) => void told.push(said);
  const plan = { image: 'agent:1', run: 'r1', nodes: ['n1', 'n2'], onNoNodeAgents };
  return { removed, told, deploy: () => deployProbes(kube as unknown as Kube, plan) };
}

describe('probes of which some may be missing', () => {
  for (const why of [
    'log of agent: Error: listen EADDRINUSE: address already in use 0.0.0.0:8080',
    "FailedScheduling: 0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.",
  ]) {
    it(`go without agents of nodes: ${why}`, async () => {
      const { deploy, removed, told } = clusterWhere(why);
      assert.deepEqual(await deploy(), []);
      assert.deepEqual(removed, ['n1', 'n2']);
      assert.deepEqual(told, [why]);
    });
  }

  it('do not where these are not ready for another cause, or stay', async () => {
    const other = clusterWhere('container agent OOMKilled');
    await assert.rejects(other.deploy(), { code: 'NOT_READY' });
    assert.deepEqual(other.removed, []);
    const staying = clusterWhere('EADDRINUSE', ['Pod netproof-node/n1']);
    await assert.rejects(staying.deploy(), { code: 'NOT_REMOVED', message: /netproof-node\/n1/ });
    assert.deepEqual(staying.told, []);
  });
});
