import assert from 'node:assert/strict';
import { runGraph, type Task } from './graph.ts';

/** Tasks that note their start and end; each ends when the loop comes round. */
function tasks(events: string[], failing?: string) {
  return (name: string, seconds: number, needs: readonly Task[] = [], slot = 'a'): Task => ({
    name,
    seconds,
    needs,
    slot,
    async run() {
      events.push(`+${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (name === failing) throw new Error(`${name} failed`);
      events.push(`-${name}`);
    },
  });
}

describe('a graph of tasks', () => {
  const never = new AbortController().signal;

  it('starts what lies on the longest way first, and each task after what it needs', async () => {
    const events: string[] = [];
    const task = tasks(events);
    const short = task('short', 1);
    const long = task('long', 50);
    const gate = task('gate', 2, [], 'b');
    const after = task('after', 100, [gate]);
    await runGraph([short, long, after, gate], { a: 1, b: 1 }, never);
    assert.ok(events.indexOf('+after') > events.indexOf('-gate'));
    assert.deepEqual(
      events.filter((event) => event.startsWith('+')),
      ['+gate', '+long', '+after', '+short'],
    );
  });

  it('runs no more of a kind than it has slots', async () => {
    const events: string[] = [];
    const task = tasks(events);
    await runGraph(
      [1, 2, 3, 4, 5].map((n) => task(`t${n}`, n)),
      { a: 2 },
      never,
    );
    let running = 0;
    for (const event of events) {
      running += event.startsWith('+') ? 1 : -1;
      assert.ok(running <= 2);
    }
    assert.equal(events.length, 10);
  });

  it('stops at the first failure, after what runs has ended', async () => {
    const events: string[] = [];
    const task = tasks(events, 'bad');
    const bad = task('bad', 9);
    const beside = task('beside', 8);
    await assert.rejects(runGraph([bad, beside, task('never', 1, [bad])], { a: 2 }, never), /bad failed/);
    assert.deepEqual(events, ['+bad', '+beside', '-beside']);
  });

  it('says what waits for something that nobody makes', async () => {
    const task = tasks([]);
    await assert.rejects(runGraph([task('one', 1, [task('two', 1)])], { a: 1 }, never), /wait for: one/);
  });
});
