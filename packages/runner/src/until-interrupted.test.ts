import assert from 'node:assert/strict';
import type { CheckContext, Endpoint } from '@netproof/core';
import type { Journal } from './journal.ts';
import { runCheck } from './run-check.ts';
import { checkThat, contextWith, MemoryJournal } from './testing.ts';
import { untilInterrupted } from './until-interrupted.ts';

const pod: Endpoint = { kind: 'pod', id: 'new/p1', node: 'node', ip: '10.1.0.9', labels: {} };

/** A cluster in which all goes well, and how often its pods were removed. */
function wellWith(signal: AbortSignal) {
  const base = contextWith();
  const count = { started: 0, removed: 0 };
  const pods = {
    ...base.pods,
    async start() {
      count.started += 1;
      return { pod, sentAt: 0, readyAt: 0 };
    },
    async remove() {
      count.removed += 1;
    },
  };
  const keep: CheckContext['probes']['keep'] = async ({ during }) => {
    await during();
    return { cells: [], ms: 1, longest: 0 };
  };
  const probes = { ...base.probes, keep };
  return { count, context: { ...base, ...untilInterrupted({ ...base, pods, probes }, signal) } };
}

const runOn = (context: Omit<CheckContext, 'judge'>, run: (context: CheckContext) => Promise<void>) =>
  runCheck({
    check: checkThat(run),
    context,
    journal: new MemoryJournal() as unknown as Journal,
    again: '',
    vanished: async () => undefined,
  });

describe('a check that is interrupted', () => {
  it('ends with what it asks or starts next, and what it started is removed', async () => {
    const asks: Record<string, (context: CheckContext) => Promise<unknown>> = {
      matrix: ({ probes }) => probes.matrix({ sources: [], targets: [], ports: [] }),
      keep: ({ probes }) =>
        probes.keep({
          ...{ sources: [], targets: [], port: { protocol: 'TCP', port: 8080 } },
          during: async () => {},
        }),
      start: ({ pods }) => pods.start('node'),
    };
    for (const [what, ask] of Object.entries(asks)) {
      const controller = new AbortController();
      const { context, count } = wellWith(controller.signal);
      let asked = 0;
      const run = runOn(context, async (own) => {
        for (;;) {
          await ask(own);
          asked += 1;
          if (asked === 3) controller.abort();
        }
      });
      await assert.rejects(run, { code: 'INTERRUPTED' }, what);
      assert.deepEqual([what, asked, count.removed], [what, 3, 1]);
    }
  });

  it('ends while it keeps connections', async () => {
    const controller = new AbortController();
    const { context, count } = wellWith(controller.signal);
    const run = runOn(context, async ({ pods, probes }) => {
      await probes.keep({
        sources: [],
        targets: [],
        port: { protocol: 'TCP', port: 8080 },
        async during() {
          for (;;) {
            await pods.start('node');
            if (count.started === 5) controller.abort();
          }
        },
      });
    });
    await assert.rejects(run, { code: 'INTERRUPTED' });
    assert.deepEqual(count, { started: 5, removed: 1 });
  });
});
