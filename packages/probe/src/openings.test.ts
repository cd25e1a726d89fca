import assert from 'node:assert/strict';
import { Openings, onNode, overAll } from './openings.ts';

/** Asks for so many turns on nodes, and ends each when the next microtask comes. */
async function most(nodes: readonly string[]) {
  const openings = new Openings();
  const now = new Map<string, number>();
  let [onOne, all] = [0, 0];
  const count = (node: string, more: number) => {
    now.set(node, (now.get(node) ?? 0) + more);
    onOne = Math.max(onOne, ...now.values());
    all = Math.max(
      all,
      [...now.values()].reduce((sum, some) => sum + some, 0),
    );
  };
  const opened = await Promise.all(
    nodes.map((node) =>
      openings.inTurn(node, async () => {
        count(node, 1);
        await new Promise(setImmediate);
        count(node, -1);
        return node;
      }),
    ),
  );
  return { onOne, all, opened };
}

describe('control streams that are opened', () => {
  it('are so many at a time on each node', async () => {
    const nodes = Array.from({ length: 40 }, (_, at) => `n${at % 3}`);
    assert.deepEqual(await most(nodes), { onOne: onNode, all: 3 * onNode, opened: nodes });
  });

  it('are so many at a time over all nodes', async () => {
    const nodes = Array.from({ length: 400 }, (_, at) => `n${at}`);
    assert.deepEqual(await most(nodes), { onOne: 1, all: overAll, opened: nodes });
  });

  it('make room for the next where one fails', async () => {
    const openings = new Openings();
    const failing = Array.from({ length: onNode + 1 }, () =>
      openings.inTurn('n', async () => {
        throw new Error('nobody there');
      }),
    );
    for (const one of failing) await assert.rejects(one, /nobody there/);
    assert.equal(await openings.inTurn('n', async () => 'open'), 'open');
  });
});
