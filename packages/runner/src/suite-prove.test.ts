import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type CheckContext,
  type CheckResult,
  type Fault,
  feature,
  nodeAccess,
  type Objects,
  type RecordedDivergence,
} from '@netproof/core';
import { faults } from '@netproof/faults';
import { type LoadedCheck, loadChecks } from './checks.ts';
import type { Journal } from './journal.ts';
import { runInMocha } from './mocha-run.ts';
import { expectation, killMatrix, noProof, unproved } from './suite-prove.ts';
import { checkThat, contextWith, MemoryJournal } from './testing.ts';
import type { Told } from './ui.ts';

/** A network that is right until the fault is in place, and which counts what the fault touches. */
function world(change: { effect?: () => number; blind?: boolean; alwaysRed?: boolean } = {}) {
  let broken = false;
  let touched = 0;
  const fault: Fault = {
    id: 'fake-fault',
    story: 'It breaks.',
    needs: [],
    async apply() {
      broken = true;
      return {
        effect: async () => (change.effect ? change.effect() : touched),
        revert: async () => {
          broken = false;
        },
      };
    },
  };
  const check = checkThat(async ({ judge }) => {
    if (broken) touched += 1;
    judge.holds(!change.alwaysRed && (change.blind || !broken), 'broken');
  });
  return { fault, check, isBroken: () => broken };
}

async function prove({ fault, check }: ReturnType<typeof world>) {
  return proveAll([check], [fault]);
}

async function proveAll(
  checks: readonly LoadedCheck[],
  faults: readonly Fault[],
  divergences: ReadonlyMap<string, RecordedDivergence> = new Map(),
  everyCell = true,
) {
  const lines: string[] = [];
  const told: Told[] = [];
  const collected: string[] = [];
  const journal = new MemoryJournal();
  const proof = noProof();
  const context = contextWith();
  const options = {
    checks,
    faults,
    everyCell,
    context: { ...context, cluster: { ...context.cluster, claims: ['PodNetwork', nodeAccess] as const } },
    objects: {} as Objects, // the fake fault changes none
    lifecycle: { on: () => ({ stop: () => {} }) },
    cni: { daemonSets: [], onRestart: () => ({ stop: () => {} }) },
    tampering: {
      tamper: () => ({ changed: () => 0, stop: () => {} }),
      delay: () => ({ changed: () => 0, stop: async () => {} }),
      flush: () => ({ changed: () => 0, stop: async () => {} }),
      lapse: () => ({ changed: () => 0, stop: () => {} }),
    },
    journal: journal as unknown as Journal,
    cluster: 'fake',
    where: '--cluster fake',
    divergences,
    vanished: async () => undefined,
    collect: async ({ id }: LoadedCheck, { result }: CheckResult, fault = 'none') => {
      collected.push(`${id} under ${fault}: ${result}`);
      return {
        folder: 'reports/fake',
        files: [{ title: 'Rules', file: 'evidence/rules.txt' }],
        problems: [],
        lastSeen: 'x/a on one → x/b on two, TCP 80: the request was last seen on one',
      };
    },
    onLine: (line: string, one?: Told) => {
      lines.push(line);
      if (one) told.push(one);
    },
    coverage: 'all' as const,
  };
  const { signal } = new AbortController();
  const { failures } = await runInMocha(killMatrix(options, proof), { signal });
  return { journal, proof, failures, lines, told, collected };
}

describe('the kill matrix', () => {
  it('is as expected where the fault reddens the check and nothing else does', async () => {
    const { journal, proof, failures } = await prove(world());
    assert.deepEqual(failures, []);
    assert.deepEqual(
      journal.of('kill').map(({ fault, result, asExpected }) => [fault, result, asExpected]),
      [
        ['none', 'pass', true],
        ['fake-fault', 'fail', true],
        ['none', 'pass', true],
      ],
    );
    assert.equal(proof.unexpected, 0);
    assert.deepEqual([...proof.reddened], ['fake/check']);
    assert.deepEqual(unproved([checkThat(async () => {})], proof), []);
  });

  it('shows a check that stays green under its fault, and keeps evidence of that alone', async () => {
    const { proof, collected, journal, lines } = await prove(world({ blind: true }));
    assert.equal(proof.unexpected, 1);
    assert.equal(proof.reddened.size, 0);
    assert.deepEqual(collected, ['fake/check under fake-fault: pass']);
    const kept = journal.of('check-finished').flatMap(({ evidence = [] }) => evidence);
    assert.deepEqual(kept, [{ title: 'Rules', file: 'evidence/rules.txt' }]);
    const far = journal.of('check-finished').flatMap(({ lastSeen = [] }) => lastSeen);
    assert.deepEqual(far, ['x/a on one → x/b on two, TCP 80: the request was last seen on one']);
    assert(
      lines.some((line) =>
        / last seen on one\n {4}evidence: \S+\n {4}again: pnpm netproof prove /.test(line),
      ),
    );
  });

  it('shows a check that is red without a fault', async () => {
    const { proof } = await prove(world({ alwaysRed: true }));
    assert.equal(proof.unexpected, 2);
  });

  describe('of a check that the cluster records as known to fail', () => {
    const recorded = (expired: boolean) => {
      const about = { reason: 'as we know', reference: 'https://example.org/1', expires: '2027-03-01' };
      return new Map([['fake/check', { ...about, expired }]]);
    };

    it('has no cell: it runs once and is not proved', async () => {
      const { fault, check } = world({ alwaysRed: true });
      const other = checkThat(world().check.run, { id: 'fake/other' });
      const { proof, journal, lines, told } = await proveAll([check, other], [fault], recorded(false));
      assert.deepEqual(
        journal.of('kill').filter((kill) => kill.check === check.id),
        [],
      );
      const ran = journal.of('check-finished').filter((one) => one.check === check.id);
      assert.deepEqual(
        ran.map(({ result, fault, divergence }) => [result, fault, divergence?.expires]),
        [['fail', undefined, '2027-03-01']],
      );
      assert.ok(lines.some((line) => line.includes('known: as we know, until 2027-03-01')));
      const own = told.filter((one) => one.check === check.id);
      assert.deepEqual(
        own.map(({ fault, state }) => [fault, state]),
        [['none', 'known']],
      );
      assert.ok(lines.includes('- not proved fake/check  it is recorded as known to fail here'));
      assert.deepEqual([unproved([check], proof), journal.of('kill').length > 0], [[], true]);
    });

    it('is wrong where it passes', async () => {
      const { fault, check } = world();
      const { proof, lines, failures } = await proveAll([check], [fault], recorded(false));
      assert.deepEqual([proof.unexpected, failures], [1, []]);
      assert.ok(lines.some((line) => line.includes('unexpected pass, known to fail until 2027-03-01')));
    });

    it('has cells again once the entry has expired', async () => {
      const { fault, check } = world({ alwaysRed: true });
      const { proof, lines } = await proveAll([check], [fault], recorded(true));
      assert.equal(proof.unexpected, 2);
      assert.ok(lines.some((line) => /none × fake\/check: fail.*was known until 2027-03-01/.test(line)));
    });
  });

  it('leaves open what noise hides where nothing must be red, and nothing else', async () => {
    let packets = 0;
    const { fault, isBroken } = world({ effect: () => ++packets });
    const noisy = (when: () => boolean) =>
      checkThat(async ({ judge }) => {
        if (when()) judge.inconclusive('noise');
        else judge.holds(!isBroken(), 'broken');
      });
    const check = noisy(() => !isBroken());
    const before = await proveAll([check], [fault]);
    assert.equal(before.proof.unexpected, 0);
    // Never seen green, so its red proves little.
    assert.deepEqual(unproved([check], before.proof), [
      { check: check.id, why: 'it was not green without a fault' },
    ]);
    const under = await proveAll([noisy(isBroken)], [fault]);
    assert.equal(under.proof.unexpected, 1);
    assert.equal(under.proof.reddened.size, 0);
  });

  it('runs no check under a fault that takes what it needs, and proves it by the others', async () => {
    const taking = world();
    const other = world();
    const check = checkThat(
      async ({ judge }) => {
        assert(!taking.isBroken());
        await other.check.run({ judge } as CheckContext);
      },
      { id: 'fake/needy', needs: [feature('PodNetwork')], reddenedBy: { must: ['other-fault'] } },
    );
    const { journal, proof } = await proveAll(
      [taking.check, check],
      [{ ...taking.fault, id: 'fake-fault', withholds: ['PodNetwork'] }],
    );
    const kills = journal.of('kill').filter(({ check }) => check === 'fake/needy');
    assert.deepEqual(new Set(kills.map(({ fault }) => fault)), new Set(['none']));
    assert.equal(proof.unexpected, 0);
  });

  it('runs a check all the same where the lack must show in it', async () => {
    const { fault, check } = world();
    const needy = { ...check, needs: [feature('PodNetwork')] };
    const { proof } = await proveAll([needy], [{ ...fault, withholds: ['PodNetwork'] }]);
    assert.deepEqual([...proof.reddened], ['fake/check']);
    assert.equal(proof.unexpected, 0);
  });

  it('runs a slow check under the faults that must show in it, and under others where every cell is wanted', async () => {
    const { fault, check } = world();
    const slow = checkThat(async ({ judge }) => judge.holds(true, ''), {
      id: 'fake/slow',
      slow: true,
      reddenedBy: { must: ['other-fault'] },
    });
    const under = async (everyCell: boolean) => {
      const { journal } = await proveAll([check, slow], [fault], new Map(), everyCell);
      return journal
        .of('kill')
        .filter((kill) => kill.check === 'fake/slow')
        .map((kill) => kill.fault);
    };
    assert.deepEqual(await under(false), ['none']);
    assert.deepEqual(await under(true), ['none', 'fake-fault', 'none']);
  });

  it('asks no proof of a check that does not apply to the cluster', async () => {
    const check = checkThat(async () => {}, { needs: [feature('HostPort')] });
    const { proof } = await proveAll([check], [world().fault]);
    assert.equal(proof.unexpected, 0);
    assert.deepEqual(unproved([check], proof), []);
  });

  it('does not take red for proof where the fault changed nothing', async () => {
    const { proof } = await prove(world({ effect: () => 7 }));
    assert.equal(proof.unexpected, 1);
    assert.equal(proof.reddened.size, 0);
  });

  describe('of a check that must be red', () => {
    /** Under the fault it comes to these results in turn. */
    const must = async (...results: readonly ('inconclusive' | 'fail' | 'pass')[]) => {
      const { fault, isBroken } = world();
      let [turn, reads] = [0, 0];
      const counting: Fault = {
        ...fault,
        apply: async (context) => ({ ...(await fault.apply(context)), effect: async () => (reads += 1) }),
      };
      const check = checkThat(async ({ judge }) => {
        const result = isBroken() ? results[turn++] : 'pass';
        if (result === 'inconclusive') judge.inconclusive('no CPU');
        else judge.holds(result === 'pass', 'broken');
      });
      const came = await proveAll([check], [counting]);
      const kills = came.journal.of('kill').filter(({ fault }) => fault !== 'none');
      return { ...came, kills, turn };
    };

    it('asks once more what noise left open', async () => {
      const { kills, proof, failures, turn } = await must('inconclusive', 'fail');
      assert.equal(turn, 2);
      assert.deepEqual(
        kills.map(({ result, asExpected, askedAgain }) => [result, asExpected, askedAgain]),
        [
          ['inconclusive', false, true],
          ['fail', true, undefined],
        ],
      );
      assert.deepEqual([proof.unexpected, proof.reddened.size, failures], [0, 1, []]);
    });

    it('is wrong where it stays open', async () => {
      const { kills, proof, turn } = await must('inconclusive', 'inconclusive', 'fail');
      assert.deepEqual([turn, kills.at(-1)?.askedAgain, proof.unexpected], [2, undefined, 1]);
    });

    it('asks green no more', async () => {
      const { proof, turn } = await must('pass', 'fail');
      assert.deepEqual([turn, proof.unexpected], [1, 1]);
    });
  });

  describe('of a check that may be red', () => {
    /** Under the fault it is red, or green; what the fault counts then, and how often it is found, rise by so much a look. */
    const maybe = async (
      red: boolean,
      { met = 0, found, needs = [] }: { met?: number; found?: number; needs?: LoadedCheck['needs'] },
    ) => {
      const { fault, check, isBroken } = world({ alwaysRed: false });
      let [looks, reads, finds] = [0, 0, 0];
      const counting: Fault = {
        ...fault,
        apply: async (context) => ({
          ...(await fault.apply(context)),
          effect: async () => {
            looks += 1;
            reads += met;
            return reads;
          },
          ...(found !== undefined && { found: async () => (finds += found) }),
        }),
      };
      const may = checkThat(async ({ judge }) => judge.holds(!isBroken() || !red, 'broken'), {
        id: 'fake/may',
        needs,
        reddenedBy: { must: ['other-fault'], may: [fault.id] },
      });
      const came = await proveAll([may, check], [counting]);
      const kill = came.journal.of('kill').find(({ fault, check }) => fault !== 'none' && check === may.id);
      const line = came.lines.find((one) => one.includes(`${fault.id} × ${may.id}`));
      return { ...came, kill, line, state: came.told.find((one) => one.fault === fault.id)?.state, looks };
    };

    it('takes red for the fault where that counted something, or is found where the check reads it', async () => {
      for (const reading of [{ met: 3 }, { found: 1, needs: [feature(nodeAccess)] }]) {
        const { kill, line, state } = await maybe(true, reading);
        assert.deepEqual([kill?.result, kill?.asExpected, state], ['fail', true, 'good']);
        assert.match(line ?? '', /expected pass or fail, it took effect [31] times/);
      }
    });

    it('leaves red open where it counted nothing and is not found, or not read', async () => {
      for (const reading of [{}, { found: 0, needs: [feature(nodeAccess)] }, { found: 1 }]) {
        const { kill, line, state, proof, failures, collected } = await maybe(true, reading);
        assert.deepEqual([kill?.result, kill?.asExpected, state], ['fail', false, 'open']);
        assert.match(line ?? '', /it took effect 0 times/);
        // The other check must be red, and was so while the fault counted nothing.
        assert.deepEqual([proof.unexpected, failures], [1, []]);
        assert.ok(collected.includes('fake/may under fake-fault: fail'));
      }
    });

    it('asks no more of green', async () => {
      const { kill, state, looks, line } = await maybe(false, {});
      assert.deepEqual([kill?.result, kill?.asExpected, state], ['pass', true, 'good']);
      assert.doesNotMatch(line ?? '', /took effect/);
      // Before it, before and after the other one, and as it is taken out.
      assert.equal(looks, 4);
    });
  });

  it('does not take for traffic what is found written down where a check must be red', async () => {
    const { fault, check } = world({ effect: () => 7 });
    let finds = 0;
    const written: Fault = {
      ...fault,
      apply: async (context) => ({ ...(await fault.apply(context)), found: async () => ++finds }),
    };
    const { proof } = await proveAll([check], [written]);
    assert.deepEqual([proof.unexpected, proof.reddened.size], [1, 0]);
  });

  describe('of a fault that acts on what checks make', () => {
    const acting = () => {
      const { fault, check } = world();
      const needy = { ...check, id: 'fake/needy', needs: [feature('PodNetwork')] };
      const makes = checkThat(async ({ judge }) => judge.holds(true, ''), {
        id: 'fake/makes',
        needs: [feature('PodNetwork')],
        reddenedBy: { must: ['other-fault'] },
      });
      const makesNone = { ...makes, id: 'fake/makes-none', needs: [] };
      return { fault: { ...fault, actsOn: 'PodNetwork' as const }, checks: [needy, makes, makesNone] };
    };

    for (const everyCell of [true, false]) {
      it(`has no cell of a check that makes none of it${everyCell ? ', where every cell is wanted, too' : ''}`, async () => {
        const { fault, checks } = acting();
        const { journal, proof } = await proveAll(checks, [fault], new Map(), everyCell);
        const kills = journal.of('kill').filter((kill) => kill.fault === fault.id);
        assert.deepEqual(
          kills.map(({ check }) => check),
          ['fake/needy', 'fake/makes'],
        );
        assert.equal(proof.unexpected, 0);
      });
    }

    it('runs a check that was red before it again, where it is not green under it', async () => {
      const { fault, checks } = acting();
      const other = world();
      const red = { ...other.check, id: 'fake/red', reddenedBy: { must: ['first-fault'] } };
      const { journal } = await proveAll(
        [...checks, red],
        [{ ...other.fault, id: 'first-fault' }, fault],
        new Map(),
        false,
      );
      const own = journal.of('kill').filter(({ check }) => check === 'fake/red');
      assert.deepEqual(
        own.map(({ fault, result }) => [fault, result]),
        [
          ['none', 'pass'],
          ['first-fault', 'fail'],
          ['none', 'pass'],
          ['none', 'pass'],
        ],
      );
    });

    it('is named by checks that make it, and by no other', async () => {
      const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
      const all = await loadChecks(
        suites,
        faults.map(({ id }) => id),
      );
      const wrong = faults.flatMap((fault) =>
        all
          .filter((check) => expectation(check, fault) !== 'never' && fault.actsOn !== undefined)
          .filter(({ needs }) => !needs.some((one) => one.kind === 'feature' && one.feature === fault.actsOn))
          .map(({ id }) => `${id} under ${fault.id}`),
      );
      assert.deepEqual(wrong, []);
    });
  });

  it('takes the fault out and tells of it where its effect cannot be read', async () => {
    const broken = world({
      effect: () => {
        throw new Error('docker hiccup');
      },
    });
    const { failures, proof } = await prove(broken);
    assert(!broken.isBroken());
    assert.equal(proof.inPlace, undefined);
    assert(failures.some((failure) => failure.includes('docker hiccup')));
  });

  it('keeps the result of a check after which the effect cannot be read', async () => {
    let reads = 0;
    const effect = () => {
      reads += 1;
      if (reads === 2) throw new Error('docker hiccup');
      return reads;
    };
    const { failures, journal } = await prove(world({ effect }));
    const finished = journal.of('check-finished').map(({ fault = 'none', result }) => [fault, result]);
    assert.deepEqual(finished[1], ['fake-fault', 'fail']);
    assert.equal(failures.length, 1);
    assert(!journal.of('kill').some(({ fault }) => fault === 'fake-fault'));
  });

  it('leaves out faults that need not redden any of the checks', async () => {
    const { check, fault } = world();
    const { journal } = await prove({ check, fault: { ...fault, id: 'another' }, isBroken: () => false });
    assert.deepEqual(journal.of('fault-applied'), []);
  });

  it('runs after a fault what the next one may redden too, and at the end all again', async () => {
    const one = world();
    const other = world();
    const faults = [one.fault, { ...other.fault, id: 'second-fault' }, { ...other.fault, id: 'unnamed' }];
    const checks = [
      { ...one.check, id: 'fake/one' },
      { ...one.check, id: 'fake/both', reddenedBy: { must: ['fake-fault'], may: ['second-fault'] } },
      { ...other.check, id: 'fake/other', reddenedBy: { must: ['second-fault'] } },
    ];
    const { journal, lines, proof } = await proveAll(checks, faults);
    assert.deepEqual(
      journal.of('kill').map(({ fault, check }) => `${check} under ${fault}`),
      [
        'fake/one under none',
        'fake/both under none',
        'fake/other under none',
        'fake/one under fake-fault',
        'fake/both under fake-fault',
        'fake/other under fake-fault',
        'fake/both under none',
        'fake/one under second-fault',
        'fake/both under second-fault',
        'fake/other under second-fault',
        'fake/one under none',
        'fake/both under none',
        'fake/other under none',
      ],
    );
    assert.equal(proof.unexpected, 0);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('fault ')),
      ['fault 1 of 2: fake-fault', 'fault 2 of 2: second-fault'],
    );
  });

  describe('of a fault that moves a metric', () => {
    /** What a check measured: without the fault, and under it; undefined where it measured nothing. */
    const measuring = (was: number | undefined, is: number | undefined, effect: () => number) => {
      const { fault, check, isBroken } = world({ effect });
      const run: LoadedCheck['run'] = async ({ judge }) => {
        judge.holds(true, '');
        const value = isBroken() ? is : was;
        if (value !== undefined) judge.measured({ name: 'p50', unit: 'ms', value });
      };
      const named = { reddenedBy: { must: ['other'] }, movedBy: { [fault.id]: { p50: 2_000 } } };
      return proveAll(
        [
          { ...check, ...named, run },
          { ...check, id: 'fake/other', reddenedBy: { must: [] } },
        ],
        [fault],
      );
    };
    const rising = () => {
      let effect = 0;
      return () => effect++;
    };
    const killOf = ({ journal }: Awaited<ReturnType<typeof measuring>>) =>
      journal.of('kill').find(({ fault, check }) => fault !== 'none' && check === 'fake/check');

    it('takes green for proof where the metric moved as much as it must', async () => {
      const came = await measuring(74, 2_081, rising());
      assert.deepEqual(killOf(came)?.moves, [
        { metric: 'p50', unit: 'ms', by: 2_000, was: 74, is: 2_081, asExpected: true },
      ]);
      assert.equal(killOf(came)?.expectation, 'moves');
      assert(came.lines.some((line) => line.includes('pass with other metrics, p50: 74 → 2081 ms, it took')));
      const finished = came.journal.of('check-finished').filter(({ check }) => check === 'fake/check');
      assert.deepEqual(
        finished.map(({ fault = 'none', metrics }) => [fault, metrics?.[0]?.value]),
        [
          ['none', 74],
          ['fake-fault', 2_081],
          ['none', 74],
        ],
      );
      // The other check is broken under the fault, which it does not name.
      assert.equal(came.proof.unexpected, 1);
    });

    for (const [what, was, is, effect] of [
      ['did not move', 74, 80, rising()],
      ['was not measured under it', 74, undefined, rising()],
      ['was not measured without it', undefined, 2_081, rising()],
      ['moved while the fault changed nothing', 74, 2_081, () => 7],
    ] as const) {
      it(`does not where the metric ${what}`, async () => {
        const came = await measuring(was, is, effect);
        assert.equal(killOf(came)?.result, 'pass');
        assert.equal(killOf(came)?.asExpected, false);
        assert.equal(came.proof.unexpected, 2);
      });
    }
  });

  describe('of a fault that blinds the probes', () => {
    const clouding = (
      seen: 'inconclusive' | 'error' | 'fail' | 'pass',
      blind: boolean,
      yielding: Pick<Fault, 'yields'> = { yields: 'inconclusive' },
    ) => {
      let effect = 0;
      const { fault, check, isBroken } = world({ effect: () => effect++ });
      const run: LoadedCheck['run'] = async ({ judge }) => {
        judge.holds(true, '');
        if (isBroken() && seen === 'fail') judge.holds(false, 'red');
        if (isBroken() && (seen === 'inconclusive' || seen === 'error')) judge[seen]('in the dark');
      };
      const named = { reddenedBy: { must: ['other'] }, ...(blind && { cloudedBy: [fault.id] }) };
      // One that is sure to name it, and that runs the fault to see it.
      const naming = { ...check, id: 'fake/naming', reddenedBy: { must: [] }, cloudedBy: [fault.id] };
      return proveAll([{ ...check, ...named, run }, naming], [{ ...fault, ...yielding }]);
    };
    for (const [seen, blind, fits] of [
      ['inconclusive', true, true],
      ['pass', true, false],
      ['fail', true, false],
      ['error', true, false],
      ['inconclusive', false, true],
      ['pass', false, true],
      ['fail', false, false],
      ['error', false, false],
    ] as const) {
      it(`${fits ? 'takes' : 'refuses'} ${seen} of a check that ${blind ? 'names' : 'does not name'} it`, async () => {
        const { journal } = await clouding(seen, blind);
        const kill = journal.of('kill').find((one) => one.fault !== 'none' && one.check === 'fake/check');
        assert.equal(kill?.expectation, blind ? 'clouded' : 'may-cloud');
        assert.equal(kill?.result, seen);
        assert.equal(kill?.asExpected, fits);
      });
    }

    it('or keeps from one check what it judges, expects that of it alone', async () => {
      const { journal } = await clouding('inconclusive', true, {});
      const kills = journal
        .of('kill')
        .filter(({ fault, check }) => fault !== 'none' && check === 'fake/check');
      assert.deepEqual(
        kills.map(({ expectation, asExpected }) => [expectation, asExpected]),
        [['clouded', true]],
      );
      const blind = (await clouding('pass', false, {})).journal.of('kill');
      assert.equal(
        blind.find(({ fault, check }) => fault !== 'none' && check === 'fake/check')?.expectation,
        'never',
      );
    });
  });
});
