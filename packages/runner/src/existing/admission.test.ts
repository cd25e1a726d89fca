import assert from 'node:assert/strict';
import { Kube } from '@netproof/kube';
import { FakeApi } from '@netproof/kube/testing';
import { admission } from './admission.ts';
import { makeSpaces, probeSpaces } from './namespaces.ts';
import { FakeCluster } from './testing.ts';

const label = 'pod-security.kubernetes.io/enforce';
const levels = ['privileged', 'baseline', 'restricted'];

describe('admission to an existing cluster', () => {
  let api: FakeApi;
  let cluster: FakeCluster;
  let kube: Kube;
  beforeEach(async () => {
    api = await FakeApi.start();
    cluster = new FakeCluster(api);
    kube = await Kube.connect(api.kubeconfig);
    await makeSpaces(kube, 'one');
  });
  afterEach(() => api[Symbol.asyncDispose]());

  const ask = (hostPort = true) =>
    admission(kube, { node: 'worker', image: 'agent:1', run: 'one', hostPort });
  const levelsNow = () =>
    Object.fromEntries(
      probeSpaces.map((name) => [
        name.replace('netproof-', ''),
        cluster.objects.get(`/api/v1/namespaces/${name}`)?.metadata.labels?.[label],
      ]),
    );
  const none = { x: undefined, y: undefined, z: undefined, more: undefined, node: undefined, new: undefined };

  /** Pod Security with a level for namespaces that have none. */
  const podSecurity = (usual: string) => {
    cluster.refuses = (object, path) => {
      const space = path.split('/').slice(0, 5).join('/');
      const level = cluster.objects.get(space)?.metadata.labels?.[label] ?? usual;
      const { hostNetwork, containers } = object.spec as {
        hostNetwork?: boolean;
        containers: { ports: { hostPort?: number }[] }[];
      };
      const host = hostNetwork || containers.some(({ ports }) => ports.some(({ hostPort }) => hostPort));
      return levels.indexOf(level) > (host ? 0 : 1) ? `violates PodSecurity "${level}:latest"` : undefined;
    };
  };

  it('changes no namespace where all is taken, and makes no pod', async () => {
    assert.deepEqual(await ask(), { without: { hostNetwork: false, hostPort: false }, refused: {} });
    assert.deepEqual(levelsNow(), none);
    const made = [...cluster.objects.keys()].filter((path) => path.includes('/pods/'));
    assert.deepEqual(made, []);
    const sent = api.requests.filter(({ path }) => path.endsWith('/pods'));
    assert.equal(sent.length, 3);
    for (const { query } of sent) assert.equal(query.get('dryRun'), 'All');
  });

  it('gives a namespace the strictest level that lets its pods in', async () => {
    podSecurity('restricted');
    assert.deepEqual((await ask()).refused, {});
    const [privileged, baseline] = ['privileged', 'baseline'];
    const pods = { x: privileged, y: privileged, z: privileged, more: privileged };
    assert.deepEqual(levelsNow(), { ...pods, node: privileged, new: baseline });
  });

  it('asks for no hostPort that nobody wants, and gives no level for it', async () => {
    podSecurity('baseline');
    assert.deepEqual(await ask(false), { without: { hostNetwork: false, hostPort: true }, refused: {} });
    assert.deepEqual(levelsNow(), { ...none, node: 'privileged' });
  });

  it('leaves out what a policy refuses whatever the level, and says why', async () => {
    cluster.refuses = ({ spec }) =>
      (spec as { hostNetwork?: boolean }).hostNetwork ? 'denied by policy no-host-network' : undefined;
    assert.deepEqual(await ask(), {
      without: { hostNetwork: true, hostPort: false },
      refused: { hostNetwork: 'denied by policy no-host-network' },
    });
    assert.deepEqual(levelsNow(), none);
  });

  it('takes a level back that changes nothing', async () => {
    cluster.refuses = ({ spec }) =>
      (spec as { hostNetwork?: boolean }).hostNetwork
        ? 'violates PodSecurity, which is exempt from labels'
        : undefined;
    assert.equal((await ask()).without.hostNetwork, true);
    assert.deepEqual(levelsNow(), none);
  });

  it('ends where no pod is taken', async () => {
    cluster.refuses = () => 'exceeded quota';
    await assert.rejects(ask(), { code: 'PODS_REFUSED', exit: 3, message: /exceeded quota/ });
  });
});
