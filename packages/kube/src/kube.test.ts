import assert from 'node:assert/strict';
import { exitCode } from '@netproof/core';
import { Kube } from './kube.ts';
import { parseManifest } from './manifest.ts';
import { FakeApi, type FakeRequest } from './testing/fake-api.ts';

const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: netproof-x, labels: { app: web } }
spec: { someFieldNewerThanTheClient: 1 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { metadata: { labels: { app: web } } } }
---
apiVersion: v1
kind: Namespace
metadata: { name: netproof-x }
`;

describe('Kube', () => {
  let api: FakeApi;
  let kube: Kube;
  beforeEach(async () => {
    api = await FakeApi.start();
    kube = await Kube.connect(api.kubeconfig);
  });
  afterEach(() => api[Symbol.asyncDispose]());

  it('applies on the server, namespaces first, with labels and without losing a field', async () => {
    api.reply = () => ({ json: {} });
    await kube.apply(parseManifest(manifest), { 'netproof.dev/run': 'r1' });
    const paths = api.requests.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(paths, [
      'PATCH /api/v1/namespaces/netproof-x',
      'PATCH /api/v1/namespaces/netproof-x/pods/a',
      'PATCH /apis/apps/v1/namespaces/default/deployments/web',
    ]);
    const [, pod, deployment] = api.requests.map(({ body }) => JSON.parse(body));
    assert.deepEqual(pod.metadata.labels, { app: 'web', 'netproof.dev/run': 'r1' });
    assert.equal(pod.spec.someFieldNewerThanTheClient, 1);
    assert.deepEqual(deployment.spec.template.metadata.labels, { app: 'web', 'netproof.dev/run': 'r1' });
    assert.equal(api.requests[0]?.query.get('fieldManager'), 'netproof');
    assert.equal(api.requests[0]?.query.get('force'), 'true');
  });

  it('says of pods what they come to, also of one that is ready', async () => {
    const pod = {
      metadata: { name: 'coredns-1', namespace: 'kube-system' },
      spec: { nodeName: 'worker' },
      status: { phase: 'Running', containerStatuses: [{ name: 'coredns', ready: true, restartCount: 0 }] },
    };
    api.reply = ({ path }) => {
      if (path.endsWith('/log')) return { json: 'plugin/ready: no answer upstream' };
      if (path.endsWith('/events'))
        return { json: { items: [{ reason: 'Pulled', message: 'from the node' }] } };
      return { json: { items: [pod], metadata: { resourceVersion: '1' } } };
    };
    assert.deepEqual(await kube.whyPods('kube-system', 'k8s-app=kube-dns'), [
      'Pod kube-system/coredns-1 on worker: Running; events: Pulled: from the node; log of coredns: "plugin/ready: no answer upstream"',
    ]);
    assert.equal(api.requests[0]?.query.get('labelSelector'), 'k8s-app=kube-dns');
    api.reply = () => ({ json: { items: [], metadata: { resourceVersion: '1' } } });
    assert.deepEqual(await kube.whyPods('kube-system', 'k8s-app=kube-dns'), [
      'there is no pod of k8s-app=kube-dns',
    ]);
    api.reply = () => ({ status: 503, json: { message: 'later' } });
    assert.match(
      (await kube.whyPods('kube-system', 'k8s-app=kube-dns')).join(),
      /cannot be read, .*503: later/,
    );
  });

  it('makes what it brings to a foreign cluster, whose namespaces are there, and changes nothing', async () => {
    const foreign = await Kube.connect(api.kubeconfig, { foreign: true });
    api.reply = () => ({ status: 201, json: {} });
    await foreign.put(parseManifest(manifest), { 'netproof.dev/run': 'r1' });
    assert.deepEqual(
      api.requests.map(({ method, path }) => `${method} ${path}`),
      ['POST /api/v1/namespaces/netproof-x/pods', 'POST /apis/apps/v1/namespaces/default/deployments'],
    );
    assert.equal(JSON.parse(api.requests[0]?.body ?? '').metadata.labels['netproof.dev/run'], 'r1');
    api.reply = () => ({ status: 409, json: { message: 'pods "a" already exists' } });
    await assert.rejects(foreign.put(parseManifest(manifest)), { code: 'API_REFUSED', status: 409 });
  });

  it('asks whether an object would be taken, and gives the words of a refusal', async () => {
    const [pod] = parseManifest(manifest);
    assert.ok(pod);
    api.reply = () => ({ status: 201, json: {} });
    assert.equal(await kube.refusal(pod), undefined);
    assert.equal(api.requests[0]?.query.get('dryRun'), 'All');
    api.reply = () => ({ status: 403, json: { message: 'violates PodSecurity "baseline"' } });
    assert.equal(await kube.refusal(pod), 'violates PodSecurity "baseline"');
    for (const status of [401, 429, 500]) {
      api.reply = () => ({ status, json: { message: 'not now' } });
      await assert.rejects(kube.refusal(pod), { code: 'API_REFUSED', status });
    }
  });

  it('asks for a right by its name', async () => {
    api.reply = ({ body }) => {
      const { resourceAttributes } = JSON.parse(body).spec;
      return { status: 201, json: { status: { allowed: resourceAttributes.name === 'kube-proxy' } } };
    };
    const right = { verb: 'get', group: '', resource: 'configmaps' };
    assert.equal(await kube.may({ ...right, name: 'kube-proxy' }), true);
    assert.equal(await kube.may(right), false);
  });

  it('deletes the one object that is meant', async () => {
    api.reply = () => ({ status: 409, json: { message: 'the UID in the precondition does not match' } });
    await kube.startDeletion({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, 'u1');
    assert.deepEqual(JSON.parse(api.requests[0]?.body ?? ''), { preconditions: { uid: 'u1' } });
    await assert.rejects(
      kube.startDeletion({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }),
      /409/,
    );
  });

  it('takes the context that is named, and names those that there are', async () => {
    assert.equal((await Kube.connect(api.kubeconfig, { context: 'c' })).version, 'v1.36.3');
    await assert.rejects(Kube.connect(api.kubeconfig, { context: 'd' }), {
      code: 'KUBECONFIG_INVALID',
      exit: exitCode.usage,
      message: /it has no context d; its contexts are: c$/,
    });
  });

  it('removes objects, waits until they are gone, and leaves what is in a namespace to it', async () => {
    let left = true;
    api.reply = ({ method, query }: FakeRequest) => {
      if (method === 'DELETE') return { json: {} };
      const namespace = { metadata: { name: 'netproof-x', uid: 'n' } };
      if (query.get('watch') === 'true') {
        return {
          watch: (write) => {
            left = false;
            write('DELETED', namespace);
          },
        };
      }
      return { json: { items: left ? [namespace] : [], metadata: { resourceVersion: '1' } } };
    };
    const [pod, , namespace] = parseManifest(manifest);
    assert.ok(pod && namespace);
    assert.deepEqual(await kube.remove([pod, namespace], 1_000), []);
    const deleted = api.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
    assert.deepEqual(deleted, ['/api/v1/namespaces/netproof-x']);
    assert.equal(left, false);
  });

  it('names what it could not remove, and takes what is gone already for removed', async () => {
    const items = [{ metadata: { name: 'a', uid: 'p' } }];
    api.reply = ({ method, query }) => {
      if (method === 'DELETE') return { status: 404, json: { message: 'not found' } };
      if (query.get('watch') === 'true') return { watch: () => {} };
      return { json: { items, metadata: { resourceVersion: '1' } } };
    };
    const [pod] = parseManifest(manifest);
    assert.ok(pod);
    assert.deepEqual(await kube.remove([pod], 100), ['Pod netproof-x/a']);
    items.pop();
    assert.deepEqual(await kube.remove([pod], 100), []);
  });

  it('removes no other object of a name than the one whose uid it was given', async () => {
    const items = [{ metadata: { name: 'a', uid: 'of another run' } }];
    api.reply = ({ method }) =>
      method === 'DELETE'
        ? { status: 409, json: { message: 'the UID in the precondition does not match' } }
        : { json: { items, metadata: { resourceVersion: '1' } } };
    const [pod] = parseManifest(manifest);
    assert.ok(pod);
    const ours = { ...pod, metadata: { ...pod.metadata, uid: 'ours' } };
    assert.deepEqual(await kube.remove([ours], 100), []);
    const [deletion] = api.requests.filter(({ method }) => method === 'DELETE');
    assert.deepEqual(JSON.parse(deletion?.body ?? ''), { preconditions: { uid: 'ours' } });
  });

  it('gives the facts of nodes and of a Service', async () => {
    api.reply = ({ path }) => {
      if (path.endsWith('/nodes')) {
        return {
          json: {
            items: [
              {
                metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
                spec: { podCIDR: '10.1.0.0/24' },
                status: {
                  addresses: [
                    { type: 'Hostname', address: 'n1' },
                    { type: 'InternalIP', address: '172.18.0.2' },
                  ],
                },
              },
            ],
          },
        };
      }
      if (path.endsWith('/endpointslices')) {
        const targetRef = { kind: 'Pod', namespace: 'netproof-y', name: 'b' };
        return { json: { items: [{ endpoints: [{ conditions: { ready: true }, targetRef }] }] } };
      }
      return {
        json: {
          metadata: { name: 'web', namespace: 'netproof-x' },
          spec: {
            clusterIP: '10.96.0.9',
            ports: [
              { port: 80, nodePort: 30080, targetPort: 8080 },
              { port: 81, targetPort: 'web' },
              { port: 9, protocol: 'SCTP' },
            ],
          },
        },
      };
    };
    assert.deepEqual(await kube.nodes(), [
      { name: 'n1', ip: '172.18.0.2', podCIDR: '10.1.0.0/24', controlPlane: true },
    ]);
    assert.deepEqual(await kube.service('netproof-x', 'web'), {
      id: 'x/web',
      clusterIP: '10.96.0.9',
      ports: [
        { name: '', protocol: 'TCP', port: 80, nodePort: 30080, targetPort: 8080 },
        { name: '', protocol: 'TCP', port: 81 },
      ],
      backends: ['y/b'],
    });
  });

  it('says what the API refused, and who has to act', async () => {
    api.reply = () => ({ status: 403, json: { kind: 'Status', message: 'nodes is forbidden' } });
    await assert.rejects(kube.nodes(), {
      code: 'API_REFUSED',
      exit: exitCode.environment,
      message: /GET \/api\/v1\/nodes: the API server answered 403: nodes is forbidden/,
      hint: /cluster-admin/,
    });
  });

  it('says that a kind is unknown', async () => {
    const object = { apiVersion: 'v1', kind: 'Widget', metadata: { name: 'w' } };
    await assert.rejects(kube.apply([object]), { code: 'KIND_UNKNOWN', message: /no Widget of v1/ });
  });

  it('says that no API server answers, and that a kubeconfig is none', async () => {
    await api[Symbol.asyncDispose]();
    await assert.rejects(kube.nodes(), { code: 'API_UNREACHABLE' });
    await assert.rejects(Kube.connect('/no/such/file'), { code: 'KUBECONFIG_INVALID', exit: exitCode.usage });
    api = await FakeApi.start();
  });
});
