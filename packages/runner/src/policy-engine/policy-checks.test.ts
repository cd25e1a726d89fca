import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { bounds, type FaultContext, policyPorts, type Result } from '@netproof/core';
import { faults } from '@netproof/faults';
import { type LoadedCheck, loadChecks } from '../checks.ts';
import { brokenEngines } from './broken.ts';
import { type Deviation, deviating, enforced, right } from './engine.ts';
import type { State } from './objects.ts';
import { outside, pods, Simulated } from './simulated.ts';

const suites = fileURLToPath(new URL('../../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);
/** Those made of steps. */
const checks = all.filter(({ id }) => /^network-policy\/.+\//.test(id));
const short = ({ id }: Pick<LoadedCheck, 'id'>) => id.slice('network-policy/'.length);

/** Faults that change policies on their way, and nothing on a node. */
const inExpectation = [
  'policy-ignored',
  'policy-egress-ignored',
  'policy-end-port-ignored',
  'policy-except-ignored',
  'policy-namespace-selector-ignored',
  'policy-udp-ignored',
];

/** Faults of nodes and pods, and those that take time, as an engine that does the same. */
const asEngines: Readonly<Record<string, Deviation>> = {
  'policy-pair-let-through': {
    passes: (egress, ingress, ask) =>
      right.passes(egress, ingress, ask) ||
      (!ask.byService && ['x/a', 'y/a'].every((id) => [ask.from.id, ask.to.id].includes(id))),
  },
  'policy-targets-dead': { passes: () => false },
  'policy-flushed': {
    heard: (now, before, looks) =>
      looks === 0 && before.policies.length > 0 ? { ...now, policies: [] } : now,
  },
};

/** Engines that are right in the end, and come to a change by parts: what they go by in the first look at it. */
const byParts: Readonly<Record<string, (now: State, before: State) => State>> = {
  'what was before': (_, before) => before,
  'what comes, and what goes': (now, before) => {
    const named = ({ name, namespace }: State['policies'][number]['metadata']) =>
      now.policies.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    return {
      ...now,
      policies: [...before.policies.filter(({ metadata }) => !named(metadata)), ...now.policies],
    };
  },
  'what neither comes nor goes': (now, before) => ({
    ...now,
    policies: now.policies.filter((policy) => before.policies.some((one) => isDeepStrictEqual(one, policy))),
  }),
};

describe('the checks of NetworkPolicy, on simulated engines', () => {
  let now = 0;
  const pass = () => {
    now += bounds.labelsEnforced;
  };
  before(() => mock.method(performance, 'now', () => now));
  after(() => mock.restoreAll());
  const resultOn = async (check: LoadedCheck, deviation: Deviation) =>
    (await new Simulated(deviating(deviation)).judge(check, pass)).result;

  for (const check of checks) {
    it(`${short(check)} passes where the engine is right, and no step is as the one before it`, async () => {
      const simulated = new Simulated(right);
      const { result, findings } = await simulated.judge(check, pass);
      assert.equal(result, 'pass', findings.map(({ message }) => message).join('\n'));
      const states = simulated.states.filter(
        (state, at) => !isDeepStrictEqual(state, simulated.states[at - 1]),
      );
      const tables = states.map((state) => {
        const passes = enforced(right, state, state);
        return pods
          .flatMap((from) =>
            [...pods, outside].flatMap((to) =>
              policyPorts.map((port) => ({ from, to, port, byService: false })),
            ),
          )
          .map((ask) => (passes(ask) ? '.' : 'X'))
          .join('');
      });
      for (const [at, table] of tables.entries()) assert.notEqual(table, tables[at - 1], `state ${at}`);
    });
  }

  for (const [what, first] of Object.entries(byParts)) {
    it(`pass where an engine goes by ${what} for a moment`, async () => {
      const heard: Deviation['heard'] = (now, before, looks) => (looks === 0 ? first(now, before) : now);
      const red: string[] = [];
      for (const check of checks) if ((await resultOn(check, { heard })) !== 'pass') red.push(short(check));
      assert.deepEqual(red, []);
    });
  }

  for (const { what, foundBy, deviation } of brokenEngines) {
    it(`${foundBy} finds that ${what}`, async () => {
      const named = checks.find((check) => short(check) === foundBy);
      assert(named, `there is no check ${foundBy}`);
      if ((await resultOn(named, deviation)) === 'fail') return;
      const found: string[] = [];
      for (const check of checks) if ((await resultOn(check, deviation)) === 'fail') found.push(short(check));
      assert.fail(`it does not; ${found.join(', ') || 'no check'} does`);
    });
  }

  it('find something each', () => {
    const finding = new Set(brokenEngines.map(({ foundBy }) => foundBy));
    const idle = checks.map(short).filter((id) => !finding.has(id));
    assert.deepEqual(idle, [], `add an engine that ${idle.join(', ')} must find to policy-engine/broken.ts`);
  });

  it('are tried under each fault that one of them names', () => {
    const tried = [...inExpectation, ...Object.keys(asEngines)];
    const named = checks.flatMap(({ reddenedBy }) => reddenedBy.must);
    const bare = [...new Set(named)].filter((id) => !tried.includes(id));
    assert.deepEqual(bare, [], `add ${bare.join(', ')} to inExpectation or asEngines of this file`);
  });

  for (const [id, deviation] of Object.entries(asEngines)) {
    it(`are red under ${id} where they say so, and nowhere else`, async () => {
      await redWhereSaid(id, (check) => resultOn(check, deviation));
    });
  }

  for (const fault of faults.filter(({ id }) => inExpectation.includes(id))) {
    it(`are red under ${fault.id} where they say so, and nowhere else`, async () => {
      await redWhereSaid(fault.id, async (check) => {
        const simulated = new Simulated(right);
        await fault.apply({ tampering: simulated } as unknown as FaultContext);
        return (await simulated.judge(check, pass)).result;
      });
    });
  }
});

async function redWhereSaid(fault: string, judge: (check: LoadedCheck) => Promise<Result>): Promise<void> {
  const wrong: string[] = [];
  for (const check of checks) {
    const result = await judge(check);
    const expected = check.reddenedBy.must.includes(fault) ? 'fail' : 'pass';
    if (result !== expected) wrong.push(`${short(check)}: ${result}`);
  }
  const why = `each comes to this under ${fault}, and says otherwise: see \`must\` of its reddenedBy`;
  assert.deepEqual(wrong, [], why);
}
