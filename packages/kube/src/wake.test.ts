import assert from 'node:assert/strict';
import { Kube } from './kube.ts';
import { FakeApi, type FakeRequest } from './testing/fake-api.ts';

const event = (resourceVersion: string) => ({
  metadata: { name: 'coredns.1', uid: 'e', resourceVersion },
  involvedObject: { kind: 'Pod', namespace: 'kube-system', name: 'coredns' },
});
const patched = ({ method, path }: FakeRequest) => method === 'PATCH' && path.endsWith('/pods/coredns');

describe('a kubelet', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
  });
  afterEach(() => api[Symbol.asyncDispose]());

  it('is woken each time that it could not make a pod’s network, and until the signal only', async () => {
    const { promise: twice, resolve } = Promise.withResolvers<void>();
    api.reply = (request) => {
      if (patched(request) && api.requests.filter(patched).length === 2) resolve();
      if (request.method === 'PATCH') return { json: {} };
      if (request.query.get('watch') !== 'true') {
        return { json: { items: [event('1')], metadata: { resourceVersion: '1' } } };
      }
      return {
        watch(write) {
          write('MODIFIED', event('1'));
          write('MODIFIED', event('2'));
        },
      };
    };
    const stop = new AbortController();
    const waking = (await Kube.connect(api.kubeconfig)).wakeKubelets(stop.signal);
    await twice;
    stop.abort();
    await waking;
    const [first, second, ...more] = api.requests.filter(patched).map(({ body }) => JSON.parse(body));
    assert.deepEqual(first, { metadata: { annotations: { 'netproof.dev/woken-by': 'e.1' } } });
    assert.deepEqual(second, { metadata: { annotations: { 'netproof.dev/woken-by': 'e.2' } } });
    assert.deepEqual(more, []);
    const list = api.requests.find(({ path }) => path.endsWith('/events'));
    assert.equal(list?.query.get('fieldSelector'), 'reason=FailedCreatePodSandBox');
  });
});
