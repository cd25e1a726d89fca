import assert from 'node:assert/strict';
import {
  type Cell,
  type CheckContext,
  type Endpoint,
  type IsolationState,
  type IsolationStep,
  Judge,
  type MatrixPlan,
  resultOf,
  type ServedPort,
} from '@netproof/core';
import { type NetworkPolicy, oracle } from '@netproof/policy';
import { policy } from './policy.ts';
import { policyCheck, type Step } from './policy-check.ts';
import { oracleId, worldOf } from './world.ts';

const pods: readonly Endpoint[] = ['x', 'y', 'z'].flatMap((space, row) =>
  ['a', 'b', 'c'].map((name, column) => ({
    kind: 'pod' as const,
    id: `${space}/${name}`,
    node: `node${column}`,
    ip: `10.1.${column}.${row + 2}`,
    labels: { 'netproof.dev/pod': name },
  })),
);
const namespaces = Object.fromEntries(
  ['x', 'y', 'z'].map((space) => [
    `netproof-${space}`,
    { 'kubernetes.io/metadata.name': `netproof-${space}` },
  ]),
);

type Answer = Pick<Cell, 'verdict' | 'attempts' | 'answered' | 'reason'>;
/** Of this step it is right that nothing answers. */
const allDenied: Step = {
  title: 'deny all',
  policies: (['x', 'y', 'z'] as const).map((space) =>
    policy(space, 'deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  ),
};

const open: Answer = { verdict: 'connected', attempts: 1, answered: 1 };
const shut: Answer = { verdict: 'dropped', attempts: 3, answered: 0 };

/** In milliseconds: what will never be right need not be waited for. */
const spent = 50;

interface Fake {
  /** What is enforced after a state was set, in the n-th sample since. */
  readonly enforced?: (state: IsolationState, before: IsolationState, sample: number) => IsolationState;
  /** Answers otherwise than what is enforced. */
  readonly answer?: (from: string, to: string, sample: number, state: IsolationState) => Answer | undefined;
}

/** A cluster that does exactly what the oracle says, but for what a test has it do. */
async function runOn(
  { enforced = (state) => state, answer }: Fake,
  bound = 10_000,
  steps: readonly Step[] = [{ title: 'deny y', policies: [policy('y', 'deny', { podSelector: {} })] }],
) {
  const judge = new Judge();
  const told: IsolationStep[] = [];
  let before: IsolationState = { policies: [] };
  let state = before;
  let sample = 0;
  const matrix = async (plan: MatrixPlan) => {
    sample += 1;
    const { policies, ...rest } = enforced(state, before, sample);
    const truth = oracle(worldOf(pods, namespaces, { ...rest, policies: policies as NetworkPolicy[] }));
    const cells = plan.sources.flatMap((source) =>
      plan.targets
        .filter((target) => plan.pairs?.(source, target) ?? true)
        .flatMap((target) =>
          (plan.ports as ServedPort[]).map((port): Cell => {
            const to = target.endpoint as Endpoint;
            const { verdict } = truth.decide({ from: oracleId(source), to: oracleId(to), ...port });
            const said = answer?.(source.id, to.id, sample, state);
            return { source, target, port, ...(said ?? (verdict === 'denied' ? shut : open)) };
          }),
        ),
    );
    return { cells, ms: 1 };
  };
  const check = policyCheck(
    {
      requirement: 'It MUST hold.',
      source: 'https://kubernetes.io/',
      reddenedBy: { must: ['some'] },
      steps,
    },
    bound,
  );
  const context = {
    cluster: { service: async (_: string, name: string) => ({ clusterIP: `10.96.0.${name.charCodeAt(0)}` }) },
    nodes: { list: ['node0', 'node1', 'node2'].map((name) => ({ name })) },
    probes: { endpoints: pods, matrix },
    isolation: {
      namespaces: async () => namespaces,
      async set(next: IsolationState) {
        [before, state, sample] = [state, next, 0];
        return { sentAt: performance.now(), acceptedAt: performance.now() };
      },
      tell: (step: IsolationStep) => told.push(step),
    },
    judge,
  } as unknown as CheckContext;
  await check.run(context);
  return { result: resultOf(judge.judgement), findings: judge.judgement.findings, steps: told, left: state };
}

describe('a check of isolation', () => {
  it('passes where all pairs do what the policies say, and takes its policies back', async () => {
    const { result, steps, left } = await runOn({});
    assert.equal(result, 'pass');
    assert.deepEqual(
      steps.map(({ title, curve }) => [title, curve.length]),
      [
        ['before any policy', 2],
        ['deny y', 2],
        ['all policies deleted', 2],
      ],
    );
    const grid = steps[1]?.grids[0];
    assert.equal(grid?.expected, grid?.observed);
    assert.equal(grid?.expected.slice(0, 9), '?..XXX...');
    assert.deepEqual(left, { policies: [] });
  });

  it('waits for what takes its time, and shows how long', async () => {
    const late = await runOn({ enforced: (state, before, sample) => (sample < 3 ? before : state) });
    assert.equal(late.result, 'pass');
    assert.deepEqual(
      late.steps[1]?.curve.map(({ wrong }) => wrong > 0),
      [true, true, false, false],
    );
  });

  it('asks for the verdict at once where an engine is swift, and looks first where it was not', async () => {
    const after = async (samples: number) => {
      const { result, steps } = await runOn({
        enforced: (state, before, sample) => (sample <= samples ? before : state),
      });
      assert.equal(result, 'pass');
      return steps.map(({ curve }) => curve.map(({ wrong }) => (wrong > 0 ? 'X' : '.')).join(''));
    };
    assert.deepEqual(await after(1), ['..', 'X.', 'X.']);
    assert.deepEqual(await after(2), ['..', 'XX..', 'XX..']);
  });

  it('is red where one pair leaks, and says which policy denies it and how often it was seen', async () => {
    const { result, findings, steps } = await runOn(
      { answer: (from, to) => (from === 'x/a' && to === 'y/b' ? open : undefined) },
      spent,
    );
    assert.equal(result, 'fail');
    assert.match(
      findings[0]?.message ?? '',
      /x\/a on node0 → y\/b on node1, TCP 8080: connected, must be denied/,
    );
    assert.match(findings[0]?.message ?? '', /so in (\d+) of \1 samples/);
    assert.match(
      findings[0]?.message ?? '',
      /denied: ingress of netproof-y\/b is isolated by netproof-y\/deny/,
    );
    assert.equal(steps.length, 2);
  });

  it('is red where one of several attempts gets through', async () => {
    const leaky: Answer = { verdict: 'dropped', attempts: 3, answered: 1 };
    const { result } = await runOn(
      {
        answer: (_, to, __, { policies }) => (policies.length > 0 && to === 'y/b' ? leaky : undefined),
      },
      spent,
    );
    assert.equal(result, 'fail');
  });

  describe('beside pairs whose agents had no CPU', () => {
    const starved: Answer = { verdict: 'probe-error', attempts: 0, answered: 0, reason: 'starved' };
    const lossy: Answer = { verdict: 'dropped', attempts: 3, answered: 2 };
    /** The first sample that is judged follows one look. */
    const inFirst = (answer: (from: string, to: string) => Answer | undefined): Fake => ({
      answer: (from, to, sample, { policies }) =>
        policies.length > 0 && sample === 2 ? answer(from, to) : undefined,
    });

    it('asks again where an allowed pair lost an answer', async () => {
      const { result, steps } = await runOn(
        inFirst((from, to) => (from === 'x/a' ? starved : to === 'z/b' ? lossy : undefined)),
      );
      assert.equal(result, 'pass');
      assert.deepEqual(
        steps[1]?.curve.map(({ wrong, unknown }) => [wrong > 0, unknown > 0]),
        [
          [false, false],
          [true, true],
          [false, false],
        ],
      );
    });

    it('stays undecided where they have none, and leaves them alone', async () => {
      const { result, steps } = await runOn({
        answer: (from) => (from === 'x/a' ? starved : undefined),
      });
      assert.equal(result, 'inconclusive');
      assert.equal(steps.length, 1);
      assert.ok((steps[0]?.curve.length ?? 0) < 10);
    });

    it('is red at once where a denied pair had one', async () => {
      const { result, steps } = await runOn(
        inFirst((from, to) =>
          from === 'x/a' ? starved : from === 'z/a' && to === 'y/b' ? lossy : undefined,
        ),
      );
      assert.equal(result, 'fail');
      assert.equal(steps[1]?.curve.length, 2);
    });

    it('shows an allowed pair that lost an answer once, and is red where one does each time', async () => {
      const once = await runOn(inFirst((_, to) => (to === 'z/b' ? lossy : undefined)));
      assert.equal(once.result, 'pass');
      assert.deepEqual(
        once.steps[1]?.curve.map(({ wrong }) => wrong > 0),
        [false, true, false],
      );
      const eachTime = await runOn({
        answer: (_, to, sample, { policies }) =>
          policies.length > 0 && sample > 1 && to === 'z/b' ? lossy : undefined,
      });
      assert.equal(eachTime.result, 'fail');
      assert.equal(eachTime.steps[1]?.curve.length, 4);
    });
  });

  it('is red where what was right is wrong again', async () => {
    const { result } = await runOn({
      enforced: (state, before, sample) => (sample === 2 ? before : state),
    });
    assert.equal(result, 'fail');
  });

  it('takes a dead pod neither for isolated nor for open', async () => {
    const dead: Answer = { verdict: 'probe-error', attempts: 0, answered: 0, reason: 'control failed' };
    const { result, steps } = await runOn({ answer: (_, to) => (to === 'y/b' ? dead : undefined) }, spent);
    assert.equal(result, 'error');
    assert.deepEqual(
      steps.map(({ title }) => title),
      ['before any policy'],
    );
  });

  it('is red where a pod is cut off before any policy', async () => {
    const { result, steps } = await runOn({ answer: (_, to) => (to === 'y/b' ? shut : undefined) }, spent);
    assert.equal(result, 'fail');
    assert.equal(steps.length, 1);
  });

  describe('while a change is made that leaves a policy as it is', () => {
    const denyY = policy('y', 'deny', { podSelector: {} });
    const denyX = policy('x', 'deny', { podSelector: {} });
    const first: Step = { title: 'deny y', policies: [denyY] };
    const second: Step = { title: 'and x', policies: [denyY, denyX] };
    /** Of the second step, what is so in its first look alone. */
    const inFirstLook = (
      enforced: (state: IsolationState, before: IsolationState) => IsolationState,
    ): Fake => ({
      enforced: (state, before, sample) =>
        state.policies.length === second.policies.length && sample === 1 ? enforced(state, before) : state,
    });
    const flushed = inFirstLook((state) => ({ ...state, policies: [] }));

    it('is red at once where its pairs are open, and tells of those alone', async () => {
      const { result, findings, steps } = await runOn(flushed, 10_000, [first, second]);
      assert.equal(result, 'fail');
      assert.deepEqual(
        steps.map(({ title, curve }) => [title, curve.length]),
        [
          ['before any policy', 2],
          ['deny y', 2],
          ['and x', 1],
        ],
      );
      assert.equal(findings.length, 1);
      assert.match(
        findings[0]?.message ?? '',
        /connected \d+\.\d s after the change to step "and x".*meanwhile/,
      );
      assert.match(findings[0]?.message ?? '', /netproof-y\/deny stands as it was/);
      const shown = findings[0]?.cells ?? [];
      assert.ok(shown.length > 0 && shown.every(({ target }) => target.endpoint?.id.startsWith('y/')));
    });

    it('is red where one of several attempts gets through', async () => {
      const leaky: Answer = { verdict: 'dropped', attempts: 2, answered: 1 };
      const answer: Fake['answer'] = (_, to, sample, { policies }) =>
        policies.length > 1 && sample === 1 && to === 'y/b' ? leaky : undefined;
      assert.equal((await runOn({ answer }, 10_000, [first, second])).result, 'fail');
    });

    it('takes no answer by somebody else, and none that is not known, for theirs', async () => {
      for (const said of [
        { verdict: 'wrong-peer', attempts: 1, answered: 1 },
        { verdict: 'probe-error', attempts: 2, answered: 1 },
      ] satisfies Answer[]) {
        const answer: Fake['answer'] = (_, to, sample, { policies }) =>
          policies.length > 1 && sample === 1 && to === 'y/b' ? said : undefined;
        assert.equal((await runOn({ answer }, 10_000, [first, second])).result, 'pass', said.verdict);
      }
    });

    it('passes where the change itself takes its time', async () => {
      const late = await runOn(
        inFirstLook((_, before) => before),
        10_000,
        [first, second],
      );
      assert.equal(late.result, 'pass');
    });

    for (const [what, steps] of [
      ['labels change too', [first, { ...second, podLabels: { 'x/a': { role: 'one' } } }]],
      [
        'none stays to the letter',
        [first, { ...second, policies: [denyX, policy('y', 'deny', { podSelector: {}, ingress: [] })] }],
      ],
      ['they were open before', [{ title: 'deny x', policies: [denyX] }, second]],
    ] as const) {
      it(`leaves that to the next look where ${what}`, async () => {
        const lax = inFirstLook((state) => ({
          ...state,
          // What stays is enforced in each of them.
          policies: state.policies.filter((one) => what === 'they were open before' && one === denyX),
        }));
        assert.equal((await runOn(lax, 10_000, steps)).result, 'pass');
      });
    }
  });

  describe('of what denies everything', () => {
    const titles = (steps: readonly IsolationStep[]) => steps.map(({ title }) => title);

    it('passes where all do so, and only then', async () => {
      assert.equal((await runOn({}, spent, [allDenied])).result, 'pass');
    });

    it('is red where nobody answers anybody from the beginning', async () => {
      const { result, steps } = await runOn({ answer: () => shut }, spent, [allDenied]);
      assert.equal(result, 'fail');
      assert.deepEqual(titles(steps), ['before any policy']);
    });

    it('is red where nobody answers any more from then on', async () => {
      let gone = false;
      const answer: Fake['answer'] = (_, __, ___, { policies }) => {
        gone ||= policies.length > 0;
        return gone ? shut : undefined;
      };
      const { result, steps } = await runOn({ answer }, spent, [allDenied]);
      assert.equal(result, 'fail');
      assert.deepEqual(titles(steps), ['before any policy', 'deny all', 'all policies deleted']);
    });

    it('passes over nobody whose server is dead just then', async () => {
      const dead: Answer = { verdict: 'probe-error', attempts: 3, answered: 0, reason: 'control failed' };
      const answer: Fake['answer'] = (_, to, __, { policies }) =>
        policies.length > 0 && to === 'z/c' ? dead : undefined;
      const { result, steps } = await runOn({ answer }, spent, [allDenied]);
      assert.equal(result, 'error');
      assert.deepEqual(titles(steps), ['before any policy', 'deny all']);
    });
  });

  it('names the fault under which nothing answers', () => {
    const { reddenedBy } = policyCheck({
      requirement: 'It MUST hold.',
      source: 'https://kubernetes.io/',
      reddenedBy: { must: ['some'] },
      steps: [],
    });
    assert.deepEqual(reddenedBy.must, ['some', 'policy-targets-dead']);
  });
});
