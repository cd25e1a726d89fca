import assert from 'node:assert/strict';
import type { Cell, Endpoint, Isolation, IsolationStep, MatrixPlan, Probes } from '@netproof/core';
import { inTurns } from './in-turns.ts';

const pod = { kind: 'pod', id: 'x/a', node: 'one', ip: '10.1.0.2', labels: {} } as const satisfies Endpoint;
const plan: MatrixPlan = { sources: [pod], targets: [], ports: [] };
const step = (title: string, ms: number) => ({ title, ms }) as IsolationStep;

/** Ten pairs, the first five of them open, and an exec that knows nothing of the seventh. */
function sides(atMost = 1_000) {
  const done: string[] = [];
  const cells = Array.from({ length: 10 }, (_, at): Cell => {
    const target = { label: 'y/a', address: `10.1.1.${at}`, servers: [] };
    const verdict = at < 5 ? 'connected' : 'dropped';
    return { source: pod, target, port: { protocol: 'TCP', port: 8080 }, verdict, attempts: 1, answered: 1 };
  });
  const probes = {
    async matrix() {
      done.push('matrix');
      return { cells, ms: 1 };
    },
  } as unknown as Probes;
  const isolation: Isolation = {
    namespaces: async () => ({}),
    async set() {
      done.push('set');
      return { sentAt: 0, acceptedAt: 0 };
    },
    tell: () => assert.fail('a bench has no journal'),
  };
  const byExecs = async (asked: readonly Cell[]) => {
    const numbers = asked.map(({ target }) => Number(target.address.split('.').at(-1)));
    done.push(`exec ${numbers}`);
    return numbers.map((at) => (at === 6 ? undefined : at < 5));
  };
  return { done, ...inTurns({ probes, isolation, byExecs, everyNth: 5, atMost }) };
}

describe('a step judged in turns', () => {
  const open = { policies: [] };

  it('is asked by exec once the agents have judged it, before anything is changed', async () => {
    const { done, turns, context } = sides();
    const { isolation, probes } = context;
    for (const title of ['first', 'second']) {
      await isolation.set(open);
      await probes.matrix(plan);
      await probes.matrix(plan);
      isolation.tell(step(title, 1_800));
    }
    await isolation.set(open);
    await isolation.set(open);
    const judged = ['set', 'matrix', 'matrix'];
    assert.deepEqual(done, [...judged, 'exec 0,5', ...judged, 'exec 1,6', 'set', 'set']);
    assert.deepEqual(
      turns.map(({ title, agents, execs: { ms: _, ...execs } }) => [title, agents, execs]),
      [
        ['first', { verdicts: 10, probes: 20, ms: 1_800 }, { verdicts: 2, probes: 2, alike: 2 }],
        ['second', { verdicts: 10, probes: 20, ms: 1_800 }, { verdicts: 1, probes: 2, alike: 1 }],
      ],
    );
  });

  it('is left to the agents once execs have taken their time', async () => {
    const { done, turns, context } = sides(0);
    await context.probes.matrix(plan);
    context.isolation.tell(step('first', 1_800));
    await context.isolation.set(open);
    assert.deepEqual([done, turns], [['matrix', 'set'], []]);
  });
});
