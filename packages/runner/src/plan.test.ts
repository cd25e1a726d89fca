import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunPlan, readPlan, writePlan } from './plan.ts';

describe('the plan of a run', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-plan-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read as it was written', async () => {
    const plan: RunPlan = {
      run: '20261121-101500-3fa9c1',
      mode: 'run',
      clusters: [{ name: 'bridge' }, { name: 'mine', folder: '/home/me/mine' }],
      checks: ['a/one', 'b/one'],
      coverage: 'nodes',
      shard: { index: 2, of: 3 },
    };
    await writePlan(folder, plan);
    assert.deepEqual(await readPlan(folder), plan);
  });

  it('is of all pairs where it was written before there was a choice', async () => {
    const old = { run: 'r', mode: 'run', clusters: [{ name: 'a' }], checks: ['b'] };
    await writeFile(join(folder, 'plan.json'), JSON.stringify(old));
    assert.equal((await readPlan(folder))?.coverage, 'all');
  });

  it('is not there in other folders', async () => {
    assert.equal(await readPlan(folder), undefined);
    assert.equal(await readPlan(join(folder, 'none')), undefined);
  });

  it('is bad usage where it is damaged, and says what is wrong', async () => {
    for (const [text, message] of [
      ['{"run": "r', /plan\.json is not the plan of a run: .*JSON/],
      ['{"run":"r","mode":"run","clusters":[],"checks":["a"]}', /clusters/],
    ] as const) {
      await writeFile(join(folder, 'plan.json'), text);
      await assert.rejects(readPlan(folder), { code: 'NOT_RESUMABLE', exit: 2, message });
    }
  });

  it('says what to do where it cannot be written', async () => {
    await assert.rejects(
      writePlan(join(folder, 'none'), {
        run: 'r',
        mode: 'run',
        clusters: [{ name: 'a' }],
        checks: ['b'],
        coverage: 'all',
      }),
      { code: 'PLAN_UNWRITABLE', exit: 3 },
    );
  });
});
