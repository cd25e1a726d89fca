import assert from 'node:assert/strict';
import { Kube } from '@netproof/kube';
import { FakeApi } from '@netproof/kube/testing';
import { type Lock, type LockPlan, lockCluster, lockNamespace } from './lock.ts';
import { FakeCluster } from './testing.ts';

const space = `/api/v1/namespaces/${lockNamespace}`;
const lease = `/apis/coordination.k8s.io/v1/namespaces/${lockNamespace}/leases/netproof-run`;
const never = new AbortController().signal;

describe('the lock of a cluster', () => {
  let api: FakeApi;
  let cluster: FakeCluster;
  let kube: Kube;
  let said: string[];
  beforeEach(async () => {
    api = await FakeApi.start();
    cluster = new FakeCluster(api);
    kube = await Kube.connect(api.kubeconfig);
    said = [];
  });
  afterEach(() => api[Symbol.asyncDispose]());

  const lock = (run: string, change: Partial<LockPlan> = {}): Promise<Lock> =>
    lockCluster(kube, {
      run,
      signal: never,
      onWait: (holder) => said.push(`${run} waits for ${holder.run}`),
      onDead: (holder) => said.push(`${holder.run} is dead`),
      within: { leaseRenewal: 20, leaseSilence: 2_000, spaceGone: 1_000 },
      ...change,
    });

  const watches = () => api.requests.filter(({ query }) => query.get('watch') === 'true').length;

  it('is a namespace with a Lease, and leaves nothing', async () => {
    {
      await using held = await lock('one');
      const { spec } = cluster.objects.get(lease) as unknown as { spec: Record<string, string> };
      assert.equal(spec.holderIdentity, 'one');
      assert.match(spec.renewTime ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      assert.equal(held.lost.aborted, false);
    }
    assert.deepEqual([...cluster.objects.keys()], []);
    assert.deepEqual(said, []);
  });

  it('is had by one run at a time; the next one waits, says for whom, and goes on', async () => {
    const first = await lock('one');
    let got = false;
    const second = lock('two').then((held) => {
      got = true;
      return held;
    });
    // It has seen some renewals by then.
    while (api.requests.filter(({ method }) => method === 'PATCH').length < 5)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(got, false);
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
    assert.deepEqual(said, ['two waits for one']);
    assert.deepEqual(cluster.namespaces(), []);
  });

  it('of a run that was killed is taken over after its silence, and of two who wait one has it', async () => {
    cluster.put(space, { metadata: { labels: { 'netproof.dev/run': 'dead' } } });
    cluster.put(lease, { spec: { holderIdentity: 'dead', acquireTime: '2026-11-22T02:00:00.123456Z' } });
    const within = { leaseRenewal: 20, leaseSilence: 400, spaceGone: 1_000 };
    const order: string[] = [];
    await Promise.all(
      ['one', 'two'].map(async (run) => {
        await using _ = await lock(run, { within });
        order.push(`${run} has it`);
        await new Promise((resolve) => setTimeout(resolve, 60));
        order.push(`${run} had it`);
      }),
    );
    assert.equal(order.length, 4);
    for (const at of [0, 2]) assert.equal(order[at]?.replace('has', 'had'), order[at + 1]);
    assert.ok(said.includes('dead is dead'));
    assert.deepEqual(cluster.namespaces(), []);
  });

  it('of a run that was killed before it made its Lease is taken over, too', async () => {
    cluster.put(space, {});
    await using held = await lock('one', {
      within: { leaseRenewal: 20, leaseSilence: 50, spaceGone: 1_000 },
    });
    assert.equal(held.lost.aborted, false);
  });

  it('of a run that may be about to make its Lease stays its own, where who waits is interrupted', async () => {
    cluster.put(space, {});
    const interruption = new AbortController();
    const waiting = lock('one', { signal: interruption.signal });
    while (watches() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    interruption.abort();
    await assert.rejects(waiting, { code: 'INTERRUPTED' });
    assert.ok(cluster.objects.has(space));
  });

  it('is lost where another run took it, and then left alone', async () => {
    const held = await lock('one');
    cluster.drop(space);
    cluster.put(space, {});
    cluster.put(lease, { spec: { holderIdentity: 'two' } });
    await new Promise((resolve) => held.lost.addEventListener('abort', resolve));
    const { code, message } = held.lost.reason as { code: string; message: string };
    assert.equal(code, 'CLUSTER_TAKEN');
    assert.match(message, /^another run has removed the Lease/);
    await held[Symbol.asyncDispose]();
    assert.ok(cluster.objects.has(lease));
  });

  it('tells at once, when asked, that it was lost while nobody renewed it', async () => {
    await using held = await lock('one', {
      within: { leaseRenewal: 60_000, leaseSilence: 2_000, spaceGone: 1_000 },
    });
    await held.confirm();
    assert.equal(held.lost.aborted, false);
    cluster.drop(space);
    await held.confirm();
    assert.equal(held.lost.aborted, true);
  });

  it('is lost where somebody removed it', async () => {
    await using held = await lock('one');
    cluster.drop(space);
    await new Promise((resolve) => held.lost.addEventListener('abort', resolve));
    assert.match((held.lost.reason as Error).message, /^another run or somebody else has removed/);
  });

  it('of a run that lives stays its own, where who waits has heard of no renewal', async () => {
    const metadata = { name: 'netproof-run', uid: 'u', resourceVersion: '1' };
    const spec = { holderIdentity: 'one' };
    cluster.put(space, {});
    cluster.put(lease, { spec });
    const interruption = new AbortController();
    let version = 100;
    const renewing = setInterval(() => {
      version += 1;
      // Nobody who watches is told.
      cluster.objects.set(lease, { spec, metadata: { ...metadata, resourceVersion: String(version) } });
      // It has waited twice for as long as it waits for the silent.
      if (watches() > 2) interruption.abort();
    }, 10);
    const within = { leaseRenewal: 20, leaseSilence: 400, spaceGone: 1_000 };
    const waiting = lock('two', { within, signal: interruption.signal });
    await assert.rejects(waiting, { code: 'INTERRUPTED' }).finally(() => clearInterval(renewing));
    assert.ok(!said.some((one) => one.endsWith('is dead')));
    assert.ok(cluster.objects.has(space));
  });

  it('of a run that lives stays its own, where who waits was not answered for as long as it waits for the silent', async () => {
    const held = await lock('one');
    const { reply } = api;
    let asked = Number.NaN; // of the Lease, since it is waited for
    api.reply = (request) => {
      if (request.path !== lease.replace('/netproof-run', '') || request.method !== 'GET')
        return reply(request);
      asked += 1;
      return asked === 1 ? 'nothing' : reply(request);
    };
    const within = { leaseRenewal: 20, leaseSilence: 300, spaceGone: 1_000 };
    const onWait = () => {
      asked = 0;
    };
    const second = lock('two', { within, onWait });
    let ended = false;
    second
      .catch(() => {})
      .finally(() => {
        ended = true;
      });
    while (!ended && !(asked >= 3)) await new Promise((resolve) => setTimeout(resolve, 5));
    await held[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
  });

  it('tells whoever asks of each time that it was renewed', async () => {
    await using held = await lock('one');
    const renewed = await new Promise<number[]>((resolve) => {
      const all: number[] = [];
      held.onRenewal((at) => {
        if (all.push(at) === 4) resolve(all);
      });
    });
    assert.deepEqual(
      renewed,
      renewed.toSorted((a, b) => a - b),
    );
    assert.ok((renewed[3] ?? 0) - (renewed[0] ?? 0) >= 30);
  });

  it('is waited for until an interruption, and not at all by who refuses to', async () => {
    await using _ = await lock('one');
    const interruption = new AbortController();
    const waiting = lock('two', { signal: interruption.signal, onWait: () => interruption.abort() });
    await assert.rejects(waiting, { code: 'INTERRUPTED', exit: 130 });
    const onLife = () => {
      throw new Error('in use');
    };
    await assert.rejects(lock('three', { onLife }), /in use/);
  });
});
