import assert from 'node:assert/strict';
import type { Arm, Endpoint, LatencyPlan } from '@netproof/core';
import type { Open, Turn } from './arm.ts';
import { openLoad } from './load.ts';

const endpoint = (id: string, ip: string): Endpoint => ({ kind: 'pod', id, node: 'a', ip, labels: {} });
const plan: LatencyPlan = {
  routes: {
    path: { source: endpoint('x/a', '10.1.0.2'), target: endpoint('x/b', '10.1.0.3') },
    baseline: { source: endpoint('node/a', '172.18.0.2'), target: endpoint('node/b', 'fd00::3') },
  },
  names: { path: 'pod → pod', baseline: 'node → node' },
  limit: 3,
};
const noise = 'noise cpu  100 0 50 800 0 0 0 10 0 0 nr_periods 4 nr_throttled 2 throttled_time 9';

interface Fake {
  readonly open: Open;
  /** The URLs that were asked, by the endpoint's id. */
  readonly urls: Map<string, string>;
}

/** k6 that says the given turns, and then runs until it is told to stop. */
function fake(say: (arm: Arm, turn: number) => Omit<Turn, 'turn'>, turns = 20, after = noise): Fake {
  const urls = new Map<string, string>();
  const open: Open = async ({ id }, argv, onLine) => {
    const { arm, url } = JSON.parse(argv[3] ?? '') as { arm: Arm; url: string };
    urls.set(id, url);
    const { promise: closed, resolve } = Promise.withResolvers<{ reason: string }>();
    onLine(noise);
    setImmediate(() => {
      for (let pair = 0; pair < turns; pair += 1) {
        const turn = 2 * pair + Number((arm === 'path') === (pair % 2 === 1));
        onLine(JSON.stringify({ turn, ...say(arm, turn) }));
      }
    });
    const write = () => {
      onLine(after);
      resolve({ reason: 'it exited with 0' });
    };
    return { write, closed, close: () => resolve({ reason: 'it was closed' }) };
  };
  return { open, urls };
}

const times = (...all: number[]) => ({ times: all });
const steady = (arm: Arm) => ({
  new: times(...(arm === 'path' ? [300, 320, 340] : [200, 210, 220])),
  kept: times(100, 110, 120),
});

describe('compare', () => {
  it('sets the path against its baseline, once for each kind of connections', async () => {
    const { open, urls } = fake(steady);
    const [fresh, kept, ...rest] = await openLoad({ open, port: 8086 }).compare(plan);
    assert.equal(rest.length, 0);
    assert.equal(fresh?.path, 'pod → pod, new connections');
    assert.deepEqual(fresh?.ratio && { ...fresh.ratio, finds: 0 }, {
      value: 320 / 210,
      low: 320 / 210,
      high: 320 / 210,
      limit: 3,
      finds: 0,
    });
    assert.equal(fresh?.ratio?.finds, 310);
    assert.equal(kept?.ratio?.value, 1);
    assert.ok([...(fresh?.guards ?? []), ...(kept?.guards ?? [])].every(({ ok }) => ok));
    assert.deepEqual(Object.fromEntries(urls), {
      'x/a': 'http://10.1.0.3:8086/',
      'node/a': 'http://[fd00::3]:8086/',
    });
  });

  it('takes 16 pairs in the order of their turns', async () => {
    const [fresh] = await openLoad({ open: fake(steady).open, port: 8086 }).compare(plan);
    const order = fresh?.blocks.map(({ arm }) => arm) ?? [];
    assert.equal(order.length, 32);
    assert.deepEqual(order.slice(0, 6), ['path', 'baseline', 'baseline', 'path', 'path', 'baseline']);
    assert.equal(
      fresh?.histogram.reduce((sum, { count }) => sum + count, 0),
      32 * 3,
    );
  });

  it('does not go on with a path that loses', async () => {
    const lost = { times: [], lost: 'connection refused' };
    const { open } = fake((arm) => (arm === 'path' ? { new: lost, kept: lost } : steady(arm)), 3);
    const [fresh] = await openLoad({ open, port: 8086 }).compare(plan);
    assert.equal(fresh?.ratio, undefined);
    assert.deepEqual(fresh?.lost.path, Array(3).fill('connection refused'));
    // The baseline may not have taken a turn yet, so nothing is known of its spread.
    const machine = fresh?.guards.filter(({ name }) => ['k6 was throttled', 'time stolen'].includes(name));
    assert.deepEqual(
      machine?.map(({ ok }) => ok),
      [true, true],
    );
  });

  it('says how often k6 was throttled', async () => {
    const { open } = fake(steady, 30, noise.replace('nr_throttled 2', 'nr_throttled 5'));
    const [fresh] = await openLoad({ open, port: 8086 }).compare(plan);
    assert.deepEqual(
      fresh?.guards.filter(({ ok }) => !ok),
      [{ name: 'k6 was throttled', value: '6 times', ok: false }],
    );
  });

  it('does not trust what it cannot read', async () => {
    const { open } = fake(steady, 30, 'noise cpu nothing');
    const [fresh] = await openLoad({ open, port: 8086 }).compare(plan);
    assert.deepEqual(
      fresh?.guards.filter(({ ok }) => !ok).map(({ name }) => name),
      ['k6 was throttled', 'time stolen'],
    );
  });

  it('is an error where k6 ends by itself, with its last words', async () => {
    const open: Open = async (_, __, onLine) => {
      onLine(noise);
      onLine('sh: 1: k6: not found');
      onLine(noise);
      const closed = Promise.resolve({ reason: 'it exited with 127' });
      return { write: () => {}, closed, close: () => {} };
    };
    await assert.rejects(
      openLoad({ open, port: 8086 }).compare(plan),
      /x\/a.*exited with 127.*k6: not found/,
    );
  });

  it('lets the one arm go where the other does not start', async () => {
    let closed = 0;
    const open: Open = async (from) => {
      if (from.id === 'node/a') throw new Error('no such container');
      return { write: () => {}, closed: new Promise(() => {}), close: () => (closed += 1) };
    };
    await assert.rejects(openLoad({ open, port: 8086 }).compare(plan), /no such container/);
    assert.equal(closed, 1);
  });
});
