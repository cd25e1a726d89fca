import assert from 'node:assert/strict';
import { type Endpoint, type PodMoment, targetOf } from '@netproof/core';
import type { Kube, Manifest, Pod } from '@netproof/kube';
import type { StreamEvent } from './agent-stream.ts';
import { NewPods } from './new-pods.ts';
import { type OpenProbes, openProbes } from './probes.ts';
import { LocalAgents, quick } from './testing/local-agents.ts';

/** An API before whose pods agents of this process stand: a pod that is deleted is told to end. */
function apiOf(agents: LocalAgents) {
  const done: string[] = [];
  const at = (name: string) => agents.endpoints.find(({ id }) => id === `new/${name}`) ?? assert.fail(name);
  const restarts = new Map<string, number>();
  const named = (objects: readonly Manifest[]) =>
    objects.flatMap(({ kind, metadata }) => (kind === 'Pod' ? [metadata.name] : [])).join();
  const kube = {
    async put(objects: readonly Manifest[]) {
      done.push(`apply ${named(objects) || objects.map(({ kind }) => kind).join()}`);
    },
    wait: {
      async pods({ labelSelector, restarts: wanted }: { labelSelector: string; restarts: number }) {
        const name = labelSelector.split('=')[1] ?? '';
        if (wanted > (restarts.get(name) ?? 0)) {
          restarts.set(name, wanted);
          await agents.ended(`new/${name}`);
          await agents.startOne(at(name));
        }
        const status = { podIP: at(name).ip, containerStatuses: [{ restartCount: wanted }] };
        const metadata = { name, namespace: 'netproof-new', labels: {} };
        return [{ metadata, spec: { nodeName: at(name).node, containers: [] }, status }] as unknown as Pod[];
      },
    },
    async startDeletion({ metadata }: Manifest) {
      done.push(`delete ${metadata.name}`);
      agents.tellToEnd(`new/${metadata.name}`);
    },
    async remove(objects: readonly Manifest[]) {
      done.push(`remove ${named(objects)}`);
      for (const { metadata } of objects) agents.tellToEnd(`new/${metadata.name}`);
      await Promise.all(objects.map(({ metadata }) => agents.ended(`new/${metadata.name}`)));
      return [] as string[];
    },
    list: async (_: { readonly labelSelector?: string }) => [] as Manifest[],
  };
  return { done, kube };
}

describe('pods that a check starts', () => {
  let agents: LocalAgents;
  let probes: OpenProbes;
  let events: StreamEvent[];
  let api: ReturnType<typeof apiOf>;
  let pods: NewPods;

  beforeEach(async () => {
    agents = await LocalAgents.start('x/a', 'new/p1', 'new/p2');
    events = [];
    probes = await openProbes({
      endpoints: [agents.at(0)],
      open: agents.open,
      onStream: (event) => events.push(event),
      timing: quick,
    });
    api = apiOf(agents);
    pods = new NewPods(api.kube as unknown as Kube, probes, { image: 'agent:1', run: 'r1' });
  });
  afterEach(async () => {
    await probes[Symbol.asyncDispose]();
    await agents[Symbol.asyncDispose]();
  });

  const port = () => ({ protocol: 'TCP', port: agents.port }) as const;
  const verdict = async (target: Endpoint, source = agents.at(0)) => {
    const plan = { sources: [source], targets: [targetOf(target)], ports: [port()] };
    const [cell] = (await probes.matrix(plan)).cells;
    return cell?.reason ?? cell?.verdict;
  };

  it('are probed and probe, each by a stream of its own, until they are removed', async () => {
    const [one, two] = await Promise.all([pods.start('node1'), pods.start('node2')]);
    assert.deepEqual([one.pod.id, two.pod.id], ['new/p1', 'new/p2']);
    assert.ok(one.readyAt >= one.sentAt);
    assert.equal(await verdict(one.pod), 'connected');
    assert.equal(await verdict(one.pod, two.pod), 'connected');
    await pods.remove();
    assert.match((await verdict(agents.at(0), one.pod)) ?? '', /no agent runs at new\/p1/);
    assert.deepEqual(api.done, ['apply ServiceAccount,ConfigMap', 'apply p1', 'apply p2', 'remove p1,p2']);
    assert.deepEqual(events, []);
  });

  it('go on when they were told to end, until they are removed', async () => {
    const { pod } = await pods.start('node1');
    await pods.terminate(pod);
    assert.equal(await verdict(pod), 'connected');
    await pods.remove([pod]);
    assert.deepEqual(api.done.slice(2), ['delete p1', 'remove p1']);
    assert.deepEqual(events, []);
    await assert.rejects(pods.terminate(pod), /new\/p1 is no pod that was started and is still there/);
  });

  it('are reached by another stream when their container was restarted', async () => {
    const { pod } = await pods.start('node1');
    const again = await pods.restart(pod);
    assert.equal(again.ip, pod.ip);
    assert.equal(await verdict(again), 'connected');
    assert.equal(await verdict(agents.at(0), again), 'connected');
    assert.deepEqual(events, []);
    await pods.remove();
  });

  it('meet whoever waits for a moment of their life before the check hears of it', async () => {
    const seen: string[] = [];
    const moments: readonly PodMoment[] = ['ready', 'restarted', 'terminating', 'gone'];
    const acts = moments.map((moment) =>
      pods.on(moment, async ({ id }) => {
        seen.push(`${moment} ${id}`);
      }),
    );
    const { pod } = await pods.start('node1');
    assert.deepEqual(seen, ['ready new/p1']);
    await pods.terminate(await pods.restart(pod));
    await pods.remove([pod]);
    assert.deepEqual(
      seen,
      moments.map((moment) => `${moment} new/p1`),
    );
    for (const { stop } of acts) stop();
    await pods.start('node2');
    await pods.remove();
    assert.equal(seen.length, moments.length);
  });

  it('that stay are named, and those of a check that was given up while they started are removed too', async () => {
    const { promise, resolve } = Promise.withResolvers<Pod[]>();
    api.kube.wait.pods = () => promise;
    const starting = pods.start('node1');
    starting.catch(() => {});
    while (!api.done.includes('apply p1')) await new Promise(setImmediate);
    api.kube.remove = async () => ['Pod netproof-new/p1'];
    await assert.rejects(pods.remove(), { code: 'NOT_REMOVED', message: /netproof-new\/p1/ });
    const status = { podIP: agents.at(1).ip };
    resolve([{ metadata: { name: 'p1', namespace: 'netproof-new' }, status } as unknown as Pod]);
    await assert.rejects(starting, /new\/p1 was removed before it was Ready/);
  });

  it('that nobody knows of are removed at the end', async () => {
    const left = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p1', namespace: 'netproof-new' } };
    const other = { ...left, metadata: { name: 'a', namespace: 'netproof-x' } };
    api.kube.list = async ({ labelSelector }) => {
      api.done.push(`list ${labelSelector}`);
      return [left, other];
    };
    await pods[Symbol.asyncDispose]();
    assert.deepEqual(api.done, ['list netproof.dev/run=r1', 'remove p1']);
  });
});
