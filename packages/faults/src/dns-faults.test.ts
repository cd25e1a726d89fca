import assert from 'node:assert/strict';
import type { FaultContext, Lookup, ObjectName, Objects, ResolvePlan } from '@netproof/core';
import { ApiRefusal } from '@netproof/kube';
import { leftObjects } from './api-marks.ts';
import corednsGone from './coredns-gone.ts';
import { wrongAnswers } from './rogue-dns.ts';

type Stored = { metadata: { annotations?: Record<string, string | null> }; spec: { replicas?: number } };

/** A cluster whose DNS answers as long as CoreDNS has replicas, and which remembers what was done to it. */
function fakeCluster({ refuseScaling = false } = {}) {
  const done: string[] = [];
  const stored: Record<string, Stored> = {
    'kube-dns': { metadata: {}, spec: {} },
    coredns: { metadata: {}, spec: { replicas: 2 } },
  };
  const objects: Pick<Objects, 'get' | 'patch' | 'available'> = {
    async get({ metadata: { name } }: ObjectName) {
      const found = stored[name];
      if (found === undefined) throw new ApiRefusal(`GET ${name}`, 404, 'not found');
      return structuredClone(found);
    },
    async patch({ metadata: { name } }, change) {
      const { metadata, spec } = change as Partial<Stored>;
      const object = stored[name];
      assert(object !== undefined);
      if (spec?.replicas === 0 && refuseScaling) throw new Error('scaling is not allowed');
      done.push(`${name} ${JSON.stringify(change)}`);
      Object.assign(object.spec, spec);
      object.metadata.annotations = Object.fromEntries(
        Object.entries({ ...object.metadata.annotations, ...metadata?.annotations }).filter(
          ([, v]) => v !== null,
        ),
      );
    },
    async available() {},
  };
  const resolve = async ({ sources, questions }: ResolvePlan): Promise<Lookup[]> => {
    // Time passes, as it does while a nameserver is asked.
    await new Promise(setImmediate);
    const up = (stored.coredns?.spec.replicas ?? 0) > 0;
    return sources.flatMap((source) =>
      questions.map((question): Lookup => {
        const asked = {
          source,
          question,
          transport: 'UDP',
          name: question.name,
          server: '10.96.0.10',
        } as const;
        if (!up) return { ...asked, verdict: 'refused' };
        const known = question.name.startsWith('kubernetes.');
        const records = known ? [{ name: question.name, type: 'A', ttl: 5, data: '10.96.0.1' }] : [];
        return { ...asked, verdict: 'answered', rcode: known ? 'NOERROR' : 'NXDOMAIN', records };
      }),
    );
  };
  const context = {
    objects,
    cluster: { service: async () => ({ clusterIP: '10.96.0.10' }) },
    nodes: {
      list: [{ name: 'a' }],
      async run(_node: string, argv: readonly string[]) {
        const asked = argv.includes('address') ? 'netns: cni-1\n2: eth0 inet 10.1.0.2/24\n' : '';
        return { stdout: asked, stderr: '', exitCode: 0 };
      },
    },
    probes: { endpoints: [{ kind: 'pod', id: 'x/a', node: 'a', ip: '10.1.0.2', labels: {} }], resolve },
  } as unknown as FaultContext;
  return { context, stored, done, objects: objects as Objects };
}

describe('a fault of DNS at the API', () => {
  it('is marked before it is made, and until it is undone', async () => {
    const { context, stored, done, objects } = fakeCluster();
    const applied = await corednsGone.apply(context);
    assert.equal(stored.coredns?.spec.replicas, 0);
    await assert.rejects(leftObjects(objects), /Service kube-system\/kube-dns: coredns-gone/);
    await applied.revert();
    assert.equal(stored.coredns?.spec.replicas, 2);
    await leftObjects(objects);
    assert.deepEqual(done, [
      'kube-dns {"metadata":{"annotations":{"netproof.dev/fault":"coredns-gone"}}}',
      'coredns {"spec":{"replicas":0}}',
      'coredns {"spec":{"replicas":2}}',
      'kube-dns {"metadata":{"annotations":{"netproof.dev/fault":null}}}',
    ]);
    await applied.revert();
  });

  it('that cannot be made leaves nothing', async () => {
    const { context, stored, objects } = fakeCluster({ refuseScaling: true });
    await assert.rejects(corednsGone.apply(context), /scaling is not allowed/);
    assert.equal(stored.coredns?.spec.replicas, 2);
    await leftObjects(objects);
  });

  it('is not looked for where there is no such object', async () => {
    const { objects, stored } = fakeCluster();
    delete stored['kube-dns'];
    await leftObjects(objects);
  });
});

describe('the answers of a DNS server that is wrong', () => {
  const typesFor = (name: string, addresses: readonly string[]) => {
    const templates = wrongAnswers('dns-', addresses).matchAll(/template IN (\w+) \{\s+match "(.*)"/g);
    return [...templates].flatMap(([, type, match = '']) => (new RegExp(match).test(name) ? [type] : []));
  };
  const addresses = ['10.96.0.9', '10.96.7.1'];

  it('are of the names with the prefix, of their ports, and of the addresses of their Services', () => {
    const cases = [
      ['dns-srv.netproof-z.svc.cluster.local.', 'A'],
      ['_web._tcp.dns-srv.netproof-z.svc.cluster.local.', 'SRV'],
      ['9.0.96.10.in-addr.arpa.', 'PTR'],
      ['1.7.96.10.in-addr.arpa.', 'PTR'],
    ] as const;
    for (const [name, type] of cases) assert.deepEqual(typesFor(name, addresses), [type], name);
  });

  it('leave all others as they are', () => {
    for (const name of ['web.netproof-z.svc.', '1.0.96.10.in-addr.arpa.', '19.0.96.10.in-addr.arpa.'])
      assert.deepEqual(typesFor(name, addresses), [], name);
    assert.doesNotMatch(wrongAnswers('no-such-', []), /PTR/);
  });
});
