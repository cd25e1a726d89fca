import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type Cell,
  type CheckContext,
  type Endpoint,
  Judge,
  type MatrixPlan,
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

const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
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
  /** The address of a pod whose container was restarted. */
  readonly addressAfter?: string;
  /** What its node keeps of a pod that is gone. */
  readonly kept?: string;
}

type State = 'ready' | 'restarted' | 'terminating' | 'gone';

async function judged(id: string, change: Change = {}) {
  const states = new Map<string, State>();
  const held = () =>
    [...states].flatMap(([address, state]) =>
      state === 'gone' ? (change.kept === undefined ? [] : [change.kept]) : [`${address} dev veth`],
    );
  const cellOf = (source: Endpoint, target: MatrixPlan['targets'][number], port: Cell['port']): Cell => {
    const state = states.get(target.address) ?? 'gone';
    const right = state === 'gone' ? 'dropped' : 'connected';
    const verdict = change.at?.state === state ? change.at.verdict : right;
    return { source, target, port, verdict, attempts: 1, answered: 1, ms: 2, server: 'node/a' };
  };
  const judge = new Judge();
  const base = contextWith();
  const context: CheckContext = {
    ...base,
    judge,
    nodes: {
      list,
      run: async () => ({ stdout: `# route\n${held().join('\n')}\n`, stderr: '', exitCode: 0 }),
    },
    probes: {
      ...base.probes,
      endpoints: residents,
      matrix: async ({ sources, targets, ports }) => ({
        cells: sources.flatMap((source) =>
          targets.flatMap((target) => ports.map((port) => cellOf(source, target, port))),
        ),
        ms: 1,
      }),
    },
    pods: {
      async start(node) {
        const ip = `10.1.9.${states.size}`;
        states.set(ip, 'ready');
        return {
          pod: { kind: 'pod', id: `new/${node}`, node, ip, labels: {} },
          sentAt: 0,
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
  };
  const check = all.find((one) => one.id === `pod-network/lifecycle/${id}`) ?? assert.fail(id);
  await check.run(context);
  const { judgement } = judge;
  return {
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

  it('show nothing released that was not reached before', async () => {
    const { result } = await judged('address/released', { at: { state: 'ready', verdict: 'dropped' } });
    assert.equal(result, 'fail');
  });
});
