import assert from 'node:assert/strict';
import type { DaemonSet, Deployment, Pod } from './objects.ts';
import { daemonSetAvailable, deploymentAvailable, podReady } from './ready.ts';

describe('readiness', () => {
  it('of a pod needs Running, Ready, an address and no deletion under way', () => {
    const ready: Pod = {
      status: { phase: 'Running', podIP: '10.1.0.2', conditions: [{ type: 'Ready', status: 'True' }] },
    };
    assert.equal(podReady(ready), true);
    assert.equal(podReady({ ...ready, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }), false);
    assert.equal(podReady({ status: { ...ready.status, phase: 'Pending' } }), false);
    assert.equal(podReady({ status: { ...ready.status, conditions: [] } }), false);
    assert.equal(
      podReady({ status: { phase: 'Running', conditions: ready.status?.conditions ?? [] } }),
      false,
    );
    assert.equal(podReady({}), false);
  });

  it('of a DaemonSet needs its newest template on every node, and at least one node', () => {
    const status = {
      observedGeneration: 2,
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
    };
    const at = (more: object): DaemonSet => ({ metadata: { generation: 2 }, status: { ...status, ...more } });
    assert.equal(daemonSetAvailable(at({})), true);
    assert.equal(daemonSetAvailable(at({ observedGeneration: 1 })), false);
    assert.equal(daemonSetAvailable(at({ updatedNumberScheduled: 2 })), false);
    assert.equal(daemonSetAvailable(at({ numberAvailable: 2 })), false);
    assert.equal(
      daemonSetAvailable(at({ desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 })),
      false,
    );
  });

  it('of a Deployment needs every replica of the newest template, and none of an older one', () => {
    const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    const at = (more: object): Deployment => ({
      metadata: { generation: 1 },
      spec: { replicas: 2, selector: {}, template: {} },
      status: { ...status, ...more },
    });
    assert.equal(deploymentAvailable(at({})), true);
    assert.equal(deploymentAvailable(at({ replicas: 3 })), false);
    assert.equal(deploymentAvailable(at({ availableReplicas: 1 })), false);
    assert.equal(deploymentAvailable({ metadata: { generation: 1 } }), false);
  });
});
