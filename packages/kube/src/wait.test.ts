import assert from 'node:assert/strict';
import type { NetproofError } from '@netproof/core';
import { Kube } from './kube.ts';
import { FakeApi, type FakeRequest, type Reply } from './testing/fake-api.ts';

const pod = (name: string, ready: boolean, reason = 'CrashLoopBackOff') => ({
  metadata: { name, namespace: 'netproof-x', uid: name },
  spec: { nodeName: 'worker' },
  status: {
    phase: ready ? 'Running' : 'Pending',
    podIP: '10.1.0.2',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      {
        name: 'agent',
        ready,
        restartCount: 2,
        state: ready ? { running: {} } : { waiting: { reason, message: 'no such image' } },
      },
    ],
  },
});
const list = (...items: unknown[]): Reply => ({ json: { items, metadata: { resourceVersion: '1' } } });
const isWatch = ({ query }: FakeRequest) => query.get('watch') === 'true';

describe('waiting', () => {
  let api: FakeApi;
  let kube: Kube;
  beforeEach(async () => {
    api = await FakeApi.start();
    kube = await Kube.connect(api.kubeconfig);
  });
  afterEach(() => api[Symbol.asyncDispose]());
  const wait = (bound: number, count = 2) => kube.wait.pods({ labelSelector: 'app=x', count }, bound);
  const watches = () => api.requests.filter(isWatch).length;

  it('ends with the list where it is already as it should be', async () => {
    api.reply = () => list(pod('a', true), pod('b', true));
    const pods = await wait(1_000);
    assert.deepEqual(
      pods.map(({ metadata }) => metadata?.name),
      ['a', 'b'],
    );
    assert.equal(watches(), 0);
    assert.equal(api.requests[0]?.query.get('labelSelector'), 'app=x');
  });

  it('waits for pods whose containers have begun anew often enough', async () => {
    const restarted = pod('a', true);
    restarted.status.containerStatuses = restarted.status.containerStatuses.map((one) => ({
      ...one,
      restartCount: 3,
    }));
    api.reply = (request) =>
      isWatch(request) ? { watch: (write) => write('MODIFIED', restarted) } : list(pod('a', true));
    const [seen] = await kube.wait.pods({ labelSelector: 'app=x', count: 1, restarts: 3 }, 1_000);
    assert.deepEqual(seen, restarted);
  });

  it('ends with the event that makes it so, and counts what is deleted', async () => {
    api.reply = (request) =>
      isWatch(request)
        ? {
            watch: (write) => {
              write('MODIFIED', pod('a', true));
              write('ADDED', pod('b', true));
              write('DELETED', pod('c', false));
            },
          }
        : list(pod('a', false), pod('c', false));
    assert.equal((await wait(1_000)).length, 2);
    assert.equal(watches(), 1);
  });

  it('begins a watch again that ends in silence or with an error', async () => {
    api.reply = (request) => {
      if (!isWatch(request)) return list(pod('a', true));
      const before = watches();
      if (before === 1) return { watch: (_write, end) => end() };
      if (before === 2) return { watch: (write) => write('ERROR', { code: 410, message: 'too old' }) };
      return { watch: (write) => write('ADDED', pod('b', true)) };
    };
    await wait(3_000);
    assert.equal(watches(), 3);
  });

  it('goes on when the API fails for a while', async () => {
    let asked = 0;
    api.reply = () => {
      asked += 1;
      return asked === 1 ? { status: 500, json: { message: 'etcd has no leader' } } : list(pod('a', true));
    };
    await wait(2_000, 1);
    assert.equal(asked, 2);
  });

  it('says after its bound what is not ready and why', async () => {
    api.reply = (request) => {
      if (isWatch(request)) return { watch: () => {} };
      if (request.path.endsWith('/events')) {
        return list(
          { lastTimestamp: '2', reason: 'Failed', message: 'pull refused' },
          { lastTimestamp: '1' },
        );
      }
      if (request.path.endsWith('/log')) return { json: 'a last line' };
      return list(pod('a', true), pod('b', false));
    };
    await assert.rejects(wait(100), (error: Error & { code: string; exit: number }) => {
      assert.equal(error.code, 'NOT_READY');
      assert.equal(error.exit, 3);
      assert.match(
        error.message,
        /^not within 0.1 s: 2 pods ready \(app=x\)\n {4}1 of 2 are\n {4}Pod netproof-x\/b on worker:/,
      );
      assert.match(error.message, /container agent CrashLoopBackOff: no such image \(restarted 2 times\)/);
      assert.match(error.message, /events: .*Failed: pull refused/);
      assert.match(error.message, /log of agent: "a last line"/);
      return true;
    });
  });

  it('says why where the API lists and does not let itself be watched', async () => {
    api.reply = (request) =>
      isWatch(request) ? { status: 503, json: { message: 'later' } } : list(pod('a', false));
    await assert.rejects(wait(300, 1), ({ cause }: { cause: NetproofError }) => {
      assert.deepEqual([cause.code, cause.exit], ['API_UNREACHABLE', 3]);
      return /^the watch of each Pod broke: /.test(cause.message);
    });
  });

  it('says at once that an image cannot be pulled', async () => {
    api.reply = (request) =>
      isWatch(request)
        ? { watch: (write) => write('MODIFIED', pod('b', false, 'ImagePullBackOff')) }
        : list(pod('a', true), pod('b', false, 'ErrImagePull'));
    await assert.rejects(wait(30_000), {
      code: 'IMAGE_NOT_PULLED',
      exit: 3,
      message: /Pod netproof-x\/b on worker: .*container agent ImagePullBackOff: no such image/,
    });
  });

  describe('for a DaemonSet', () => {
    const daemonSet = (numberAvailable: number) => ({
      metadata: { name: 'cni', namespace: 'kube-system', uid: 'd', generation: 1 },
      spec: { selector: { matchLabels: { app: 'cni', tier: 'node' } } },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 1,
        updatedNumberScheduled: 1,
        numberAvailable,
      },
    });
    const available = (bound: number) => kube.wait.available('DaemonSet', 'kube-system', 'cni', bound);
    const isOfPods = ({ path }: FakeRequest) => path.endsWith('/pods');

    it('asks for none of its pods where it is available', async () => {
      api.reply = () => list(daemonSet(1));
      await available(1_000);
      assert.deepEqual(
        api.requests.map(({ path }) => path),
        ['/apis/apps/v1/namespaces/kube-system/daemonsets'],
      );
    });

    for (const reason of ['InvalidImageName', 'ErrImageNeverPull']) {
      it(`says at once that it will never have an image: ${reason}`, async () => {
        api.reply = (request) => {
          if (request.path.endsWith('/events')) return list({ reason: 'Failed', message: 'no such name' });
          if (isOfPods(request) && isWatch(request))
            return { watch: (write) => write('MODIFIED', pod('b', false, reason)) };
          if (isOfPods(request)) return list(pod('b', false, api.requests.some(isWatchOfPods) ? reason : ''));
          return isWatch(request) ? { watch: () => {} } : list(daemonSet(0));
        };
        const isWatchOfPods = (request: FakeRequest) => isOfPods(request) && isWatch(request);
        await assert.rejects(available(30_000), (error: NetproofError) => {
          assert.deepEqual([error.code, error.exit], ['IMAGE_NOT_PULLED', 3]);
          assert.match(
            error.message,
            /^never, as an image cannot be pulled: DaemonSet kube-system\/cni available\n {4}0 of its 1 pods are\n {4}Pod /,
          );
          assert.match(error.message, new RegExp(`container agent ${reason}: no such image`));
          assert.match(error.message, /events: Failed: no such name/);
          return true;
        });
        const selectors = api.requests.filter(isOfPods).map(({ query }) => query.get('labelSelector'));
        assert.deepEqual([...new Set(selectors)], ['app=cni,tier=node']);
      });
    }

    it('waits where the kubelet tries again to pull one', async () => {
      api.reply = (request) => {
        if (isWatch(request)) return { watch: () => {} };
        return isOfPods(request) ? list(pod('b', false, 'ImagePullBackOff')) : list(daemonSet(0));
      };
      await assert.rejects(available(1_000), {
        code: 'NOT_READY',
        message: /^not within 1 s: DaemonSet kube-system\/cni available\n.*\n.*ImagePullBackOff/,
      });
    });
  });

  it('says after its bound that the API failed, when it did', async () => {
    api.reply = () => ({ status: 503, json: { message: 'shutting down' } });
    await assert.rejects(wait(100), (error: Error) => {
      assert.match(String(error.cause), /503: shutting down/);
      return true;
    });
  });

  it('counts ready endpoints of a Service, by the ids of their pods', async () => {
    const endpoint = (name: string, ready?: boolean) => ({
      conditions: ready === undefined ? {} : { ready },
      targetRef: { kind: 'Pod', namespace: 'netproof-x', name },
    });
    api.reply = (request) =>
      isWatch(request)
        ? {
            watch: (write) =>
              write('MODIFIED', {
                metadata: { uid: 's' },
                endpoints: [endpoint('b', true), endpoint('a'), endpoint('c', false)],
              }),
          }
        : list({ metadata: { uid: 's' }, endpoints: [] });
    assert.deepEqual(await kube.wait.backends('netproof-x', 'web', 2, 1_000), ['x/a', 'x/b']);
    assert.equal(api.requests[0]?.query.get('labelSelector'), 'kubernetes.io/service-name=web');
  });
});
