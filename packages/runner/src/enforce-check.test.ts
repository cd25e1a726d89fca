import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type CheckContext,
  type Endpoint,
  type IsolationState,
  Judge,
  type MatrixPlan,
  type Milliseconds,
  resultOf,
  settledAt,
  stimuli,
  type Try,
  type Watch,
  type WatchPlan,
} from '@netproof/core';
import { faults } from '@netproof/faults';
import { loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);
const check = all.find(({ id }) => id === 'network-policy/time-to-enforce') ?? assert.fail();

const [own, other] = ['node', 'other'];
const pods = [
  ['y/a', own],
  ['y/b', own],
  ['x/a', other],
].map(
  ([id = '', node = ''], at): Endpoint => ({ kind: 'pod', id, node, ip: `10.1.0.${at + 2}`, labels: {} }),
);

/** How an engine comes to do what it is told, and what agents see of it. */
interface Engine {
  /** So long after it was told. */
  readonly lag?: Milliseconds;
  /** So long after that it forgets a policy. */
  readonly forgets?: Milliseconds;
  /** Whether nothing is known of a watch, of the first client. */
  readonly starved?: (watch: Pick<WatchPlan, 'until' | 'stable'>, nth: number) => boolean;
}

const pace = 4;
const silence = 500;

/** The check, on a clock that goes on as tries are made. */
async function judged({ lag = 90, forgets = Infinity, starved = () => false }: Engine) {
  const judge = new Judge();
  const plans: Pick<WatchPlan, 'until' | 'stable'>[] = [];
  const told: { readonly at: Milliseconds; readonly deny: boolean }[] = [];
  let now = 1_000;
  const denied = (at: Milliseconds) => {
    const last = told.findLast((one) => one.at + lag <= at);
    return last?.deny === true && at < last.at + lag + forgets;
  };
  const watch = async (plan: WatchPlan): Promise<Watch> => {
    const { source, target, port, until, stable, atMost } = plan;
    const began = now;
    const first = source.id === 'y/b';
    if (first) plans.push({ until, stable });
    const reason = first && starved({ until, stable }, plans.length) ? 'starved' : undefined;
    plan.begun?.();
    await plan.accepted;
    const tries: Try[] = [];
    let settled: Milliseconds | undefined;
    for (let at = began; at < began + atMost && settled === undefined; at += pace) {
      tries.push({ at, verdict: denied(at) ? 'dropped' : 'connected' });
      settled = settledAt(
        tries.filter((one) => one.verdict === 'connected' || one.at + silence <= at),
        { until, stable },
      );
    }
    // What was begun at last is known a window later.
    settled ??= settledAt(tries, { until, stable });
    now = Math.max(now, (tries.at(-1)?.at ?? now) + pace);
    return {
      ...{
        source,
        target,
        port,
        until,
        tries,
        rate: 250,
        longestGap: pace,
        stalls: 0,
        clockUncertainty: 0.5,
      },
      ...(reason === undefined ? settled !== undefined && { settledAt: settled } : { reason }),
    };
  };
  const matrix = async ({ sources, targets: [target], ports: [port] }: MatrixPlan) => ({
    cells: sources.map((source) => ({
      ...{ source, target: target ?? assert.fail(), port: port ?? assert.fail() },
      ...{ verdict: 'connected' as const, attempts: 1, answered: 1 },
    })),
    ms: 1,
  });
  const base = contextWith();
  const context: CheckContext = {
    ...base,
    judge,
    probes: { ...base.probes, endpoints: pods, matrix, watch },
    isolation: {
      ...base.isolation,
      set: async ({ policies }: IsolationState) => {
        // Some tries are under way by then.
        const at = now + 10 * pace;
        told.push({ at, deny: policies.length > 0 });
        return { sentAt: at, acceptedAt: at };
      },
    },
  };
  await check.run(context);
  const { findings, metrics } = judge.judgement;
  const holds = plans.flatMap(({ stable }, nth) => (stable === stimuli.policyHeld ? [nth] : []));
  return {
    result: resultOf(judge.judgement),
    findings: findings.map(({ message }) => message),
    metrics,
    /** Which watches of the first client looked at whether a policy stays. */
    holds,
  };
}

describe('network-policy/time-to-enforce', () => {
  it('passes where policies come into force and stay so, and has looked at one for as long as it must stay', async () => {
    const { result, findings, metrics, holds } = await judged({});
    assert.deepEqual([result, findings], ['pass', []]);
    assert.deepEqual(holds, [1]);
    assert.deepEqual(
      metrics.map(({ name, value }) => [name, Math.round(value / 10)]),
      [
        ['deny, p50', 9],
        ['deny, p95', 9],
        ['allow, p50', 9],
        ['allow, p95', 9],
      ],
    );
  });

  it('is red where a policy is forgotten that was seen in force', async () => {
    const { result, findings } = await judged({ forgets: stimuli.policyLapses });
    assert.equal(result, 'fail');
    assert.match(
      findings[0] ?? '',
      /^y\/b → y\/a: \d+ tries got through while the policy stood .* 1\.\d s after/,
    );
    assert.match(findings[1] ?? '', /^x\/a → y\/a: /);
  });

  it('is red where one is forgotten between two watches', async () => {
    const { result, findings } = await judged({ forgets: 710 });
    assert.equal(result, 'fail');
    assert.ok(findings.some((one) => /: \d+ tries got through before the policy was deleted$/.test(one)));
  });

  it('looks again where an agent had no CPU to see that, and says so where it never has', async () => {
    const held = ({ stable }: Pick<WatchPlan, 'stable'>) => stable === stimuli.policyHeld;
    let times = 0;
    const once = await judged({ starved: (plan) => held(plan) && times++ === 0 });
    assert.deepEqual([once.result, once.holds], ['pass', [1, 2]]);
    const never = await judged({ starved: held });
    assert.deepEqual([never.result, never.holds], ['inconclusive', [1, 2, 3]]);
    assert.match(
      never.findings[0] ?? '',
      /y\/b → y\/a: whether the policy stays in force is not known, starved/,
    );
  });

  it('looks at one that is known to be in force', async () => {
    const { result, holds } = await judged({ starved: (_, nth) => nth === 1 });
    assert.deepEqual([result, holds], ['pass', [3]]);
  });
});
