import assert from 'node:assert/strict';
import { clusterBytes, jobsFor } from './jobs.ts';

describe('clusters side by side', () => {
  it('are one where memory is for none, whether that is wanted or not said', async () => {
    for (const wanted of [undefined, 1]) assert.equal(await jobsFor(4, wanted, clusterBytes - 1), 1);
  });

  it('are as many as are wanted, and no more than there are', async () => {
    assert.equal(await jobsFor(4, 2, 2 * clusterBytes), 2);
    assert.equal(await jobsFor(2, 4, 2 * clusterBytes), 2);
  });

  it('that memory does not suffice for are refused, with what fits', async () => {
    await assert.rejects(jobsFor(4, 3, 2 * clusterBytes), {
      code: 'JOBS_TOO_MANY',
      exit: 3,
      message: '3 clusters side by side need 6.0 GiB of memory; 4.0 GiB are available',
      hint: '--jobs 2 fits',
    });
    await assert.rejects(jobsFor(4, 2, clusterBytes - 1), { hint: /try --jobs 1$/ });
  });
});
