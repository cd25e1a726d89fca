import assert from 'node:assert/strict';
import type { Manifest } from '@netproof/kube';
import { CniAgents, daemonSetsOf } from './cni-agents.ts';

const labels = { app: 'agent' };
const pod = (name: string, more: Partial<Manifest['metadata']> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'kube-system', labels: { ...labels, hash: '1' }, ...more },
});
const others = [pod('other', { labels: { app: 'web' } }), pod('foreign', { namespace: 'default' })];

/** A cluster with these pods, and what was done to it. */
function agentsOf(pods: readonly Manifest[], stays: readonly string[] = []) {
  const done: string[] = [];
  const agents = new CniAgents(
    {
      get: async () => ({ spec: { selector: { matchLabels: labels } } }),
      list: async () => [...pods, ...others],
      async remove(objects) {
        done.push(`removed ${objects.map(({ metadata }) => metadata.name)}`);
        return [...stays];
      },
      wait: {
        async pods({ namespace, labelSelector, count }) {
          done.push(`${count} Ready of ${namespace} ${labelSelector}`);
          return [];
        },
      },
    },
    daemonSetsOf(['daemonset/kube-system/agent', 'deployment/kube-system/operator']),
  );
  return { agents, done };
}

describe('the agents of a CNI', () => {
  it('are the pods of its DaemonSets, and are Ready again once as many have come', async () => {
    const { agents, done } = agentsOf([pod('a'), pod('b')]);
    const { stop } = agents.onRestart(async () => void done.push('told'));
    assert.equal((await agents.restart()).agents, 2);
    const steps = ['removed a,b', '2 Ready of kube-system app=agent'];
    assert.deepEqual(done.splice(0), ['told', ...steps]);
    stop();
    await agents.restart();
    assert.deepEqual(done, steps);
  });

  it('are told of where there are none, and where one stays', async () => {
    await assert.rejects(agentsOf([]).agents.restart(), /DaemonSet kube-system\/agent has no pods/);
    await assert.rejects(agentsOf([pod('a')], ['Pod a']).agents.restart(), /still there.*: Pod a/);
  });
});
