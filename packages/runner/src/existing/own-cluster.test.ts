import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeApi } from '@netproof/kube/testing';
import { kubeconfigOf, own } from '../registry.ts';
import { refuseOwn } from './own-cluster.ts';

describe('an existing cluster that is one of ours', () => {
  let cache: string;
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'netproof-'));
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(cache, { recursive: true });
  });

  it('is refused while its run lives, and no other is', async () => {
    await using ours = await FakeApi.start();
    await using other = await FakeApi.start();
    const kindName = 'netproof-bridge-1';
    await refuseOwn(ours);
    await own({ kindName, cluster: 'bridge', run: 'r1', folder: cache });
    // Its cluster is being made.
    await refuseOwn(ours);
    await copyFile(ours.kubeconfig, kubeconfigOf(kindName));
    await refuseOwn(other);
    await assert.rejects(refuseOwn(ours), { code: 'CLUSTER_IN_USE', exit: 2, message: /run r1, which/ });
  });
});
