import assert from 'node:assert/strict';
import { ClusterVanished } from './cluster-vanished.ts';
import { type Case, Red, runInMocha, Undecided } from './mocha-run.ts';

const never = { signal: new AbortController().signal };
const group = (...runs: Case['run'][]) => [
  { title: 'group', cases: runs.map((run, at) => ({ title: `case ${at + 1}`, run })) },
];

describe('runInMocha', () => {
  it('runs all cases in their order and takes recorded results for what they are', async () => {
    const order: number[] = [];
    const { failures } = await runInMocha(
      group(
        async () => {
          order.push(1);
          throw new Red('fail');
        },
        async () => {
          order.push(2);
          throw new Undecided('inconclusive');
        },
        async () => {
          order.push(3);
        },
      ),
      never,
    );
    assert.deepEqual(failures, []);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it('tells of a case in which the harness failed, and goes on', async () => {
    let reached = false;
    const { failures } = await runInMocha(
      group(
        async () => {
          throw new Error('docker hiccup');
        },
        async () => {
          reached = true;
        },
      ),
      never,
    );
    assert.deepEqual(failures, ['group case 1: docker hiccup']);
    assert(reached);
  });

  it('ends with the cluster, and runs nothing more', async () => {
    let later = false;
    const cases = group(
      async () => {
        throw new ClusterVanished('worker stopped running');
      },
      async () => {
        later = true;
      },
    );
    await assert.rejects(runInMocha(cases, never), /worker stopped running in the middle/);
    assert(!later);
  });

  it('ends after the case that runs when the signal comes', async () => {
    const stopping = new AbortController();
    let later = false;
    const { failures } = await runInMocha(
      group(
        async () => stopping.abort(),
        async () => {
          later = true;
        },
      ),
      stopping,
    );
    assert.deepEqual(failures, []);
    assert(!later);
  });

  it('ends after the first red case where it is told to, and names what was not run', async () => {
    const cases = group(
      async () => {
        throw new Undecided('inconclusive');
      },
      async () => {
        throw new Red('fail');
      },
      async () => assert.fail('it ran'),
      async () => assert.fail('it ran'),
    );
    assert.deepEqual(await runInMocha(cases, { ...never, bail: true }), {
      failures: [],
      left: ['case 3', 'case 4'],
    });
  });
});
