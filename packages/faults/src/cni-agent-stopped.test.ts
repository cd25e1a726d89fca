import assert from 'node:assert/strict';
import type { FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { leftObjects } from './api-marks.ts';
import agentStopped from './cni-agent-stopped.ts';

const list = ['a', 'b', 'c'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: name === 'a' }));
const name = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'system' } };
const rolling = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } };

type Fields = { [key: string]: unknown };

/** JSON merge patch (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Fields = { ...(typeof target === 'object' && !Array.isArray(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** A DaemonSet on three nodes with this template, which runs where its affinity lets it. */
function fakeSet(template: object, refuses = false) {
  const set = { now: { metadata: {}, spec: { updateStrategy: rolling, template } } as Fields };
  const objects = {
    async get({ kind }: { kind: string }) {
      if (kind !== 'DaemonSet') return { metadata: {} };
      const without = /"NotIn","values":\["(\w)"\]/.exec(JSON.stringify(set.now))?.[1];
      return {
        ...set.now,
        metadata: { ...(set.now.metadata as Fields), generation: 1 },
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: without === undefined ? 3 : 2,
          numberMisscheduled: 0,
        },
      };
    },
    async patch(_: unknown, change: object) {
      if (refuses && JSON.stringify(change).includes('NotIn')) throw new Error('no');
      set.now = merged(set.now, change) as Fields;
    },
    available: async () => {},
  };
  const context = { nodes: nodesThatRun(list, () => ''), objects, cni: { daemonSets: [name] } };
  return { set, context: context as unknown as FaultContext };
}

describe('an agent of the CNI that was stopped', () => {
  for (const [title, spec] of [
    ['no affinity', { containers: [] }],
    ['one to pods', { containers: [], affinity: { podAntiAffinity: { x: 1 } } }],
    [
      'one to nodes',
      { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [1] } } },
    ],
  ] as const) {
    it(`is left out on a worker alone, and its template is to the letter what it was, with ${title}`, async () => {
      const { set, context } = fakeSet({ spec });
      const before = structuredClone(set.now);
      const { effect, revert } = await agentStopped.apply(context);
      const { updateStrategy } = set.now.spec as { updateStrategy: object };
      assert.deepEqual(updateStrategy, { type: 'OnDelete' });
      assert.match(JSON.stringify(set.now), /"metadata.name","operator":"NotIn","values":\["b"\]/);
      assert.deepEqual([await effect(), await effect()], [0, 1]);
      await assert.rejects(
        leftObjects(context.objects, [name]),
        /DaemonSet system\/agent: cni-agent-stopped/,
      );
      await revert();
      assert.deepEqual(set.now, { ...before, metadata: { annotations: {} } });
      assert.equal(await effect(), 1);
    });
  }

  it('is put back where the change was refused', async () => {
    const { set, context } = fakeSet({ spec: {} }, true);
    await assert.rejects(agentStopped.apply(context), /no/);
    assert.deepEqual(set.now.spec, { updateStrategy: rolling, template: { spec: {} } });
    await leftObjects(context.objects, [name]);
  });
});
