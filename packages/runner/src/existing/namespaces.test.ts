import assert from 'node:assert/strict';
import { Kube, type Manifest } from '@netproof/kube';
import { FakeApi } from '@netproof/kube/testing';
import { makeSpaces, probeSpaces, refuseTaken, removeSpaces } from './namespaces.ts';
import { FakeCluster } from './testing.ts';

const at = (name: string) => `/api/v1/namespaces/${name}`;
const of = (run: string) => ({ metadata: { labels: { 'netproof.dev/run': run } } });

describe('namespaces on an existing cluster', () => {
  let api: FakeApi;
  let cluster: FakeCluster;
  let kube: Kube;
  beforeEach(async () => {
    api = await FakeApi.start();
    cluster = new FakeCluster(api);
    kube = await Kube.connect(api.kubeconfig);
    for (const name of ['default', 'netproof-of-somebody-else']) cluster.put(at(name), {});
  });
  afterEach(() => api[Symbol.asyncDispose]());
  const foreign = ['default', 'netproof-of-somebody-else'];

  it('come and go with a run, and no other goes with them', async () => {
    await makeSpaces(kube, 'one');
    assert.deepEqual(cluster.namespaces().toSorted(), [...foreign, ...probeSpaces].toSorted());
    const labelled = ['labelled-by-somebody-else', 'netproof-lock'];
    for (const name of labelled) cluster.put(at(name), of('one'));
    assert.deepEqual(
      (await removeSpaces(kube, { kubectl: 'kubectl', run: 'one' })).toSorted(),
      probeSpaces.toSorted(),
    );
    cluster.put(at('netproof-x'), of('killed'));
    assert.deepEqual(await removeSpaces(kube, { kubectl: 'kubectl' }), ['netproof-x']);
    assert.deepEqual(cluster.namespaces(), [...foreign, ...labelled]);
    const deleted = api.requests.filter(({ method }) => method === 'DELETE');
    assert.ok(deleted.every(({ body }) => JSON.parse(body).preconditions.uid));
  });

  it('have all been made or refused when one that cannot be made is told', async () => {
    const begun: (() => void)[] = [];
    const create = (object: Manifest) =>
      object.metadata.name === probeSpaces[0]
        ? Promise.reject(new Error('no quota'))
        : new Promise<Manifest>((resolve) => begun.push(() => resolve(object)));
    let ended = false;
    const making = makeSpaces({ create } as unknown as Kube, 'one').finally(() => {
      ended = true;
    });
    making.catch(() => {});
    await new Promise(setImmediate);
    assert.equal(ended, false);
    for (const end of begun) end();
    await assert.rejects(making, /no quota/);
  });

  it('of somebody else under such a name are refused, all at once, and stay', async () => {
    await refuseTaken(kube);
    cluster.put(at('netproof-x'), {});
    cluster.put(at('netproof-lock'), {});
    cluster.put(at('netproof-y'), of('killed'));
    await assert.rejects(refuseTaken(kube), {
      code: 'NAMESPACE_TAKEN',
      exit: 3,
      message: /: Namespace netproof-x, Namespace netproof-lock$/,
    });
    assert.equal(api.requests.filter(({ method }) => method !== 'GET').length, 0);
  });

  it('that stay are told with what removes them', async () => {
    cluster.put(at('netproof-x'), of('one'));
    cluster.drop = () => {};
    const removing = removeSpaces(kube, { kubectl: 'kubectl --kubeconfig kc', run: 'one', bound: 50 });
    await assert.rejects(removing, {
      code: 'LEFT_BEHIND',
      exit: 3,
      message: /: netproof-x; .*kubectl --kubeconfig kc delete namespace netproof-x$/,
    });
  });
});
