import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type Cell,
  type CheckContext,
  type Endpoint,
  Judge,
  type MatrixPlan,
  NetproofError,
  resultOf,
  type Verdict,
} from '@netproof/core';
import { faults } from '@netproof/faults';
import { loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);

const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '10.1.0.0/16', controlPlane: false }));
const residents = list.map(
  ({ name: node }, index): Endpoint => ({
    kind: 'pod',
    id: `x/${node}`,
    node,
    ip: `10.1.${index}.2`,
    labels: {},
  }),
);

/** A network of two nodes that is right, but for what a test changes of it. */
interface Change {
  /** What comes of asking a pod at such a time of its life, where that is not as it should be. */
  readonly at?: { readonly state: State; readonly verdict: Verdict };
  /** Nodes on which no new pod gets Ready, and why it is not known, where the API could not be asked. */
  readonly cut?: readonly string[];
  readonly unasked?: Error;
  /** How long the others take. */
  readonly startMs?: number;
  /** What comes of what new pods ask, and whose address is seen then. */
  readonly egress?: Verdict;
  readonly seenAs?: string;
  /** What the addresses of new pods begin with. */
  readonly range?: string;
  /** The address of a pod whose container was restarted. */
  readonly addressAfter?: string;
  /** What its node keeps of a pod that is gone. */
  readonly kept?: string;
  /** Where a cluster says that reservations are in files: whether there is one of each pod that is not gone. */
  readonly reserved?: boolean;
  /** What comes of connections between pods that stay: of those that are kept, and of new ones. */
  readonly old?: Verdict;
  readonly fresh?: Verdict;
  /** In how many questions to all pods the first one is starved. */
  readonly starved?: number;
}

/** What two new pods and two that stay ask each other, over TCP and UDP. */
const newPods = 2 * 2 * 2 * 2;

type State = 'ready' | 'restarted' | 'terminating' | 'gone';

async function judged(id: string, change: Change = {}) {
  const states = new Map<string, State>();
  let starved = change.starved ?? 0;
  const held = () =>
    [...states].flatMap(([address, state]) =>
      state === 'gone' ? (change.kept === undefined ? [] : [change.kept]) : [`${address} dev veth`],
    );
  const reservations = () => {
    const there = [...states].filter(([, state]) => change.reserved && state !== 'gone');
    return `# reservation\n${there.map(([address]) => `/var/lib/cni/networks/bridge/${address}\n`).join('')}`;
  };
  const cellOf = (source: Endpoint, target: MatrixPlan['targets'][number], port: Cell['port']): Cell => {
    const state = states.get(target.address) ?? 'gone';
    const stays = residents.some(({ ip }) => ip === target.address);
    const right = state === 'gone' ? 'dropped' : 'connected';
    const own = residents.includes(source);
    const verdict = stays
      ? ((own ? change.fresh : change.egress) ?? 'connected')
      : change.at?.state === state
        ? change.at.verdict
        : right;
    const clientSeenAs = own ? source.ip : (change.seenAs ?? source.ip);
    const shared = { source, target, port, verdict, clientSeenAs };
    return { ...shared, attempts: 1, answered: 1, ms: 2, server: 'node/a' };
  };
  const judge = new Judge();
  const base = contextWith();
  const context: CheckContext = {
    ...base,
    judge,
    nodes: {
      list,
      run: async () => ({
        stdout: `# route\n${held().join('\n')}\n${reservations()}`,
        stderr: '',
        exitCode: 0,
      }),
    },
    ...(change.reserved !== undefined && {
      cluster: { ...base.cluster, claims: ['PodNetwork', 'pods/ipam'] },
    }),
    probes: {
      ...base.probes,
      endpoints: residents,
      matrix: async ({ sources, targets, ports, pairs = () => true }) => {
        const [first = assert.fail(), ...cells] = sources.flatMap((source) =>
          targets
            .filter((target) => pairs(source, target))
            .flatMap((target) => ports.map((port) => cellOf(source, target, port))),
        );
        const unknown = { ...first, verdict: 'probe-error', reason: 'starved' } as const;
        starved -= 1;
        return { cells: [starved >= 0 ? unknown : first, ...cells], ms: 1 };
      },
      keep: async ({
        sources: [source = assert.fail()],
        targets: [target = assert.fail()],
        port,
        during,
      }) => {
        await during();
        const cell = { ...cellOf(source, target, port), verdict: change.old ?? 'connected' } as const;
        return { cells: [cell], ms: 1, longest: 7 };
      },
    },
    pods: {
      async start(node) {
        if (change.cut?.includes(node))
          throw new NetproofError('not within 30 s', { code: 'NOT_READY', exit: 3, cause: change.unasked });
        const ip = `${change.range ?? '10.1.9'}.${states.size}`;
        states.set(ip, 'ready');
        return {
          pod: { kind: 'pod', id: `new/${node}`, node, ip, labels: {} },
          sentAt: performance.now() - (change.startMs ?? 2_000),
          readyAt: performance.now(),
        };
      },
      async restart(pod) {
        states.set(pod.ip, 'restarted');
        return { ...pod, ip: change.addressAfter ?? pod.ip };
      },
      async terminate({ ip }) {
        states.set(ip, 'terminating');
      },
      async remove(pods = []) {
        for (const { ip } of pods) states.set(ip, 'gone');
      },
    },
    cni: { restart: async () => ({ agents: 2, ms: 2_500 }) },
  };
  const check = all.find((one) => one.id.endsWith(`/${id}`)) ?? assert.fail(id);
  await check.run(context);
  const { judgement } = judge;
  const pods = states.size;
  return {
    pods,
    result: resultOf(judgement),
    said: judgement.findings.map(({ message }) => message).join(),
    judgement,
  };
}

describe('the checks of the life of pods', () => {
  for (const id of [
    'reachable-when-ready',
    'reachable-while-terminating',
    'address/stable',
    'address/released',
    'starts-and-stops',
    'address/pod-cidr',
    'cni/restart',
  ]) {
    it(`${id} passes where the network is right`, async () => {
      const { result, said } = await judged(id);
      assert.equal(result, 'pass', said);
    });
  }

  it('find who is not reached at that moment, and nothing else', async () => {
    for (const [id, state] of [
      ['reachable-when-ready', 'ready'],
      ['reachable-while-terminating', 'terminating'],
      ['address/stable', 'restarted'],
    ] as const) {
      const { result, said } = await judged(id, { at: { state, verdict: 'dropped' } });
      assert.equal(result, 'fail', id);
      assert.match(said, /^x\/a on a → new\/a on a, TCP 8080: dropped/);
      const others = (['ready', 'restarted', 'terminating'] as const).filter((one) => one !== state);
      for (const other of others)
        assert.equal((await judged(id, { at: { state: other, verdict: 'dropped' } })).result, 'pass', other);
    }
  });

  it('tell when a new pod is reached after it is Ready', async () => {
    const { judgement } = await judged('reachable-when-ready');
    assert.deepEqual(
      judgement.metrics.map(({ name, value }) => [name, value >= 2 && value < 1_000]),
      [
        ['Ready to answer, p50', true],
        ['Ready to answer, longest', true],
      ],
    );
    const rows = judgement.observations.flatMap(({ rows }) => rows);
    assert.deepEqual(
      rows.map(([node, , , , answers]) => [node, answers]),
      [
        ['a', 4],
        ['b', 4],
      ],
    );
  });

  it('find a node on which new pods do not get Ready, where others do', async () => {
    const { result, said } = await judged('reachable-when-ready', { cut: ['b'] });
    assert.equal(result, 'fail');
    const took = 'while those of other nodes took 2.0 s at most';
    assert.equal(said, `a new pod on b did not get Ready, ${took}: not within 30 s`);
    await assert.rejects(judged('reachable-when-ready', { cut: ['a', 'b'] }), /not within 30 s/);
  });

  it('blame no node for a pod that did not get Ready where others took long, or the API was not asked', async () => {
    const slow = await judged('reachable-when-ready', { cut: ['b'], startMs: 29_000 });
    assert.equal(slow.result, 'inconclusive');
    assert.match(slow.said, /on b did not get Ready, while those of other nodes took 29\.0 s at most/);
    const unasked = await judged('reachable-when-ready', { cut: ['b'], unasked: new Error('503') });
    assert.equal(unasked.result, 'inconclusive');
    assert.match(unasked.said, /not within 30 s: 503$/);
  });

  for (const id of ['reachable-when-ready', 'cni/restart']) {
    it(`${id} finds new pods that answer and reach nobody`, async () => {
      const { result, said } = await judged(id, { egress: 'dropped' });
      assert.equal(result, 'fail');
      assert.match(said, /^new\/a on a → x\/a on a, TCP 8080: dropped, .* \(and so 8 of 16 probes\)$/);
    });

    it(`${id} finds new pods that others see by the address of a node`, async () => {
      const { result, said } = await judged(id, { seenAs: '172.18.0.2' });
      assert.equal(result, 'fail');
      assert.match(said, /^new\/a on a → x\/a on a, TCP 8080: connected, but the server saw 172\.18\.0\.2/);
    });
  }

  it('find a node on which new pods do not get Ready after a restart of the CNI, where others do', async () => {
    await assert.rejects(judged('cni/restart', { cut: ['a', 'b'] }), /not within 30 s/);
    assert.equal((await judged('cni/restart', { cut: ['b'] })).result, 'fail');
  });

  it('find an address that is another after a restart', async () => {
    const { result, said } = await judged('address/stable', { addressAfter: '10.1.9.9' });
    assert.equal(result, 'fail');
    assert.match(said, /new\/a on a had 10\.1\.9\.0, and 10\.1\.9\.9 after its container was restarted/);
  });

  for (const verdict of ['wrong-peer', 'refused', 'reset'] as const) {
    it(`find somebody at the address of a pod that is gone: ${verdict}`, async () => {
      const { result, said } = await judged('address/released', { at: { state: 'gone', verdict } });
      assert.equal(result, 'fail');
      assert.match(said, /the former address of new\/a on a, TCP 8080: (node\/a answers|somebody is) there/);
    });
  }

  it('find what a node keeps of a pod that is gone', async () => {
    const { result, said } = await judged('address/released', { kept: '10.1.9.0 dev netproof-void' });
    assert.equal(result, 'fail');
    assert.match(said, /nodes still have a: route 10\.1\.9\.0 dev netproof-void; b: route/);
  });

  it('find a new pod with an address outside of the podCIDR of its node', async () => {
    const { result, said } = await judged('address/pod-cidr', { range: '192.0.2' });
    assert.equal(result, 'fail');
    assert.match(
      said,
      /^outside the podCIDR of its node: new\/a has 192\.0\.2\.0, a has 10\.1\.0\.0\/16; new\/b /,
    );
  });

  it('of a restart of the CNI show the connections that broke, and judge the new ones alone', async () => {
    const { result, judgement } = await judged('cni/restart', { old: 'reset' });
    assert.equal(result, 'pass');
    assert.deepEqual(
      judgement.metrics.map(({ value, unit }) => `${value} ${unit}`),
      ['100 %', '7 ms', '2500 ms'],
    );
    assert.deepEqual(judgement.observations[0]?.rows, [[2, 2.5, 1, 1, 0, 1, 7]]);
    assert.equal((await judged('cni/restart', { fresh: 'dropped' })).result, 'fail');
    const unknown = await judged('cni/restart', { old: 'probe-error' });
    assert.equal(unknown.judgement.metrics.length, 2);
  });

  it('of a restart of the CNI ask again who had no CPU, and judge at once what the others say', async () => {
    const { result, judgement } = await judged('cni/restart', { starved: 2 });
    assert.deepEqual([result, judgement.judged], ['pass', 3 + 3 + 4 + newPods]);
    const { judgement: wrong } = await judged('cni/restart', { starved: 1, fresh: 'dropped' });
    assert.deepEqual([wrong.judged, wrong.findings.map(({ kind }) => kind)], [3 + newPods, ['fail']]);
  });

  it('show no reservation released that was not seen, where a cluster says that they can be read', async () => {
    assert.equal((await judged('address/released', { reserved: true })).result, 'pass');
    const { result, said } = await judged('address/released', { reserved: false });
    assert.equal(result, 'error');
    assert.match(said, /no reservation of the pod was seen on a,no reservation of the pod was seen on b/);
  });

  it('say where reservations were not looked for', async () => {
    const titleOf = async (change: Change) =>
      (await judged('address/released', change)).judgement.observations.at(-1)?.title ?? '';
    assert.match(await titleOf({}), /cannot be read here and were not looked for$/);
    assert.match(await titleOf({ reserved: true }), /what of it was left$/);
  });

  it('show nothing released that was not reached before', async () => {
    const { result } = await judged('address/released', { at: { state: 'ready', verdict: 'dropped' } });
    assert.equal(result, 'inconclusive');
  });

  it('of two hundred pods that come and go find a connection that was lost, an old one and a new one', async () => {
    assert.equal((await judged('starts-and-stops')).pods, 200);
    const old = await judged('starts-and-stops', { old: 'reset' });
    assert.deepEqual([old.result, old.pods], ['fail', 200]);
    assert.match(old.said, /TCP 8080: reset/);
    const fresh = await judged('starts-and-stops', { fresh: 'dropped' });
    assert.equal(fresh.result, 'fail');
    // No pod is begun after the first loss.
    assert.ok(fresh.pods < 20);
    assert.equal((await judged('starts-and-stops', { fresh: 'probe-error' })).result, 'error');
  });

  it('of two hundred pods that come and go find what is left of them', async () => {
    const kept = await judged('starts-and-stops', { kept: '10.1.9.0 dev veth' });
    assert.match(kept.said, /with 200 pods gone, nodes still have a: route/);
    const answered = await judged('starts-and-stops', { at: { state: 'gone', verdict: 'wrong-peer' } });
    assert.match(answered.said, /the former address of new\/. on .*: node\/a answers there/);
  });
});
