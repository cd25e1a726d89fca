import assert from 'node:assert/strict';
import type { Endpoint, FaultContext, SamplePlan, ServiceObject } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import affinityUnheard from './affinity-unheard.ts';
import proxyBehind from './proxy-behind.ts';
import { proxiesIn } from './standstill.ts';

const podsIn = (namespace: string, last: number) =>
  ['a', 'b', 'c'].map(
    (name, at): Endpoint => ({
      kind: 'pod',
      id: `${namespace}/${name}`,
      node: `node${at}`,
      ip: `10.1.${at}.${last}`,
      labels: { 'netproof.dev/pod': name },
    }),
  );

const pods = podsIn('x', 2);
const clients = podsIn('y', 3);

/** A cluster with a Service of three backends, whose proxies follow its API some time later, as long as they run. */
function fakeCluster({ proxy = 'kube-proxy', affinity = 'None' } = {}) {
  const said: string[] = [];
  const spec: Record<string, unknown> = { clusterIP: '10.96.0.9', sessionAffinity: affinity };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'netproof-x' },
    spec,
  } as ServiceObject;
  const known = new Map(pods.map(({ node }) => [node, { stands: false, spec: { ...spec } }]));
  const follow = () => {
    for (const one of known.values()) if (!one.stands) one.spec = { ...spec };
  };
  const rules = new Set<string>();
  const context = {
    cluster: {
      claims: [],
      service: async () => ({
        id: 'x/web',
        clusterIP: '10.96.0.9',
        ports: [{ name: '', protocol: 'TCP', port: 80 }],
        backends: pods.map(({ id }) => id),
      }),
    },
    objects: {
      services: async () => [structuredClone(service)],
      async patch(_: unknown, change: { spec: object }) {
        Object.assign(spec, change.spec);
      },
    },
    nodes: nodesThatRun(
      pods.map(({ node: name }) => ({ name, ip: '172.18.0.2', podCIDR: '', controlPlane: false })),
      (node, argv) => {
        const here = known.get(node);
        assert(here);
        if (argv[0] === 'kill') {
          here.stands = argv[1] === '-STOP';
          said.push(`${node} ${argv[1]} ${argv[2]}`);
        }
        const rule = `${node} -A ${argv.slice(argv.indexOf('INPUT')).join(' ')}`;
        if (argv.includes('-I')) rules.add(rule);
        if (argv.includes('-D')) assert(rules.delete(rule));
        const own = [...rules].filter((one) => one.startsWith(node)).map((one) => one.slice(node.length + 1));
        const netns = `netns: pod-of-${node}\n`;
        const pod = pods.find((one) => one.node === node);
        const says: Record<string, string> = {
          ps: `   1 Ss   systemd\n 812 ${here.stands ? 'Tsl' : 'Ssl'}  ${proxy}\n`,
          'every netns: iptables-save': `${netns}*filter\n${own.join('\n')}\nCOMMIT`,
          'every netns: ip': `${netns}2: eth0 inet ${pod?.ip}/32 scope global`,
          'ip -4': '2: eth0 inet 172.18.0.2/16',
        };
        const key = Object.keys(says).find((one) => argv.join(' ').startsWith(one));
        return (key === undefined ? undefined : says[key]) ?? '';
      },
    ),
    probes: {
      endpoints: [...pods, ...clients],
      async sample({ source, connections }: SamplePlan) {
        await new Promise(setImmediate);
        const now = known.get(source.node)?.spec as {
          selector?: Record<string, string | null>;
        } & typeof spec;
        const one = now.sessionAffinity === 'ClientIP' ? 'a' : now.selector?.['netproof.dev/pod'];
        const servers = Array.from({ length: connections }, (_, at) =>
          one ? `x/${one}` : pods[at % pods.length]?.id,
        );
        follow();
        return { servers };
      },
    },
  } as unknown as FaultContext;
  return { context, known, said, rules, spec };
}

describe('a proxy that is left behind', () => {
  it('knows one backend on the last node, where its connections are counted', async () => {
    const { context, known, said, rules, spec } = fakeCluster();
    const applied = await proxyBehind.apply(context);
    assert.deepEqual(
      [...known.values()].map((one) => [one.stands, one.spec.selector]),
      [
        [false, { 'netproof.dev/pod': null }],
        [false, { 'netproof.dev/pod': null }],
        [true, { 'netproof.dev/pod': 'c' }],
      ],
    );
    assert.equal(rules.size, 2);
    await applied.revert();
    assert.equal(rules.size, 0);
    assert(![...known.values()].some(({ stands }) => stands));
    assert.deepEqual(spec.selector, { 'netproof.dev/pod': null });
    assert(said.includes('node2 -STOP 812') && said.includes('node2 -CONT 812'));
    await applied.revert();
  });

  it('has not heard of affinity, on every node', async () => {
    const { context, known, spec } = fakeCluster({ affinity: 'ClientIP', proxy: 'cilium-agent' });
    const applied = await affinityUnheard.apply(context);
    assert.deepEqual(
      [...known.values()].map((one) => [one.stands, one.spec.sessionAffinity]),
      pods.map(() => [true, 'None']),
    );
    assert.equal(spec.sessionAffinity, 'ClientIP');
    await applied.revert();
    assert.deepEqual(
      [...known.values()].map((one) => [one.stands, one.spec.sessionAffinity]),
      pods.map(() => [false, 'ClientIP']),
    );
  });

  it('leaves nothing where no proxy is known', async () => {
    const { context, spec } = fakeCluster({ proxy: 'somebody' });
    await assert.rejects(proxyBehind.apply(context), {
      code: 'NO_PROXY',
      message: 'no proxy of Services that is known here runs on node2',
      hint: /standstill\.ts/,
    });
    assert.deepEqual(spec.selector, { 'netproof.dev/pod': null });
  });

  it('is told by its process, which stands', () => {
    assert.deepEqual(proxiesIn('    1 Ss   systemd\n  812 Tsl  kube-proxy\n  913 Ssl  cilium-agent\n'), [
      { pid: '812', name: 'kube-proxy', stands: true },
      { pid: '913', name: 'cilium-agent', stands: false },
    ]);
  });
});
