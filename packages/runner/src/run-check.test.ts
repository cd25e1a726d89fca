import assert from 'node:assert/strict';
import { type Cell, type CheckDefinition, feature, type Isolation, interrupted } from '@netproof/core';
import type { Journal } from './journal.ts';
import { runCheck } from './run-check.ts';
import { checkThat, contextWith, MemoryJournal } from './testing.ts';

describe('runCheck', () => {
  const journalOf = () => {
    const memory = new MemoryJournal();
    return { memory, journal: memory as unknown as Journal };
  };
  const again = 'pnpm netproof run';
  const vanished = async () => undefined;

  it('calls a check that judged nothing an error', async () => {
    const { journal } = journalOf();
    const { result } = await runCheck({
      check: checkThat(async () => {}),
      context: contextWith(),
      journal,
      again,
      vanished,
    });
    assert.equal(result, 'error');
  });

  it('calls a check that threw an error, and keeps what it had proved wrong', async () => {
    const { journal } = journalOf();
    const check = checkThat(async ({ judge }) => {
      judge.holds(false, 'the network is wrong');
      throw new Error('and then this');
    });
    const { result, judgement } = await runCheck({ check, context: contextWith(), journal, again, vanished });
    assert.equal(result, 'fail');
    assert.deepEqual(
      judgement?.findings.map(({ message }) => message),
      ['the network is wrong', 'and then this'],
    );
  });

  it('gives a check no result that was told to stop, unless it had proved something wrong', async () => {
    const { journal, memory } = journalOf();
    const removed: string[] = [];
    const context = contextWith();
    const pods = { ...context.pods, remove: async () => void removed.push('pods') };
    const stopping = (before: CheckDefinition['run']) =>
      checkThat(async (own) => {
        await before(own);
        throw interrupted();
      });
    const options = { context: { ...context, pods }, journal, again, vanished };
    await assert.rejects(runCheck({ ...options, check: stopping(async () => {}) }), { code: 'INTERRUPTED' });
    assert.deepEqual([memory.of('check-finished'), removed], [[], ['pods']]);
    const wrong = stopping(async ({ judge }) => judge.holds(false, 'the network is wrong'));
    assert.equal((await runCheck({ ...options, check: wrong })).result, 'fail');
  });

  it('never calls a network wrong whose node had stopped, and ends the run', async () => {
    const { journal, memory } = journalOf();
    const check = checkThat(async ({ judge }) => judge.holds(false, 'nobody answered'));
    const vanished = async () => 'worker stopped running';
    await assert.rejects(
      runCheck({ check, context: contextWith(), journal, again, vanished }),
      /worker stopped running in the middle of the run/,
    );
    const [finished] = memory.of('check-finished');
    assert.equal(finished?.result, 'error');
    assert.deepEqual(
      finished?.findings.map(({ message }) => message),
      ['worker stopped running while this ran, so nothing of it is known'],
    );
  });

  it('does not run a check whose needs the cluster does not claim', async () => {
    const { journal, memory } = journalOf();
    const check = checkThat(() => assert.fail('it ran'), { needs: [feature('NetworkPolicy')] });
    const { result, reason } = await runCheck({ check, context: contextWith(), journal, again, vanished });
    assert.equal(result, 'not-applicable');
    assert.match(reason ?? '', /does not claim NetworkPolicy/);
    assert.equal(memory.of('check-finished')[0]?.result, 'not-applicable');
  });

  it('refuses a table with fewer cells than were asked for', async () => {
    const { journal } = journalOf();
    const pod = { kind: 'pod', id: 'x/a', node: 'node', ip: '10.1.0.2', labels: {} } as const;
    const target = { label: 'x/a', address: pod.ip, servers: [pod.id] };
    const check = checkThat(async ({ probes, judge }) => {
      const ports = [{ protocol: 'TCP', port: 8080 }] as const;
      judge.connected(await probes.matrix({ sources: [pod], targets: [target], ports }));
    });
    const { result, judgement } = await runCheck({ check, context: contextWith(), journal, again, vanished });
    assert.equal(result, 'error');
    assert.match(judgement?.findings[0]?.message ?? '', /0 cells, 1 were asked for/);
  });

  it('shows of a matrix that was thinned out how much was asked, and refuses one with fewer cells than that', async () => {
    const source = { kind: 'pod', id: 'x/a', node: 'node', ip: '10.1.0.2', labels: {} } as const;
    const targets = ['x/a', 'x/b'].map((id) => ({ label: id, address: source.ip, servers: [id] }));
    const port = { protocol: 'TCP', port: 8080 } as const;
    const [target] = targets as [(typeof targets)[0]];
    const cell = { source, target, port, verdict: 'connected', attempts: 1, answered: 1 } as const;
    const [own, others] = [
      { asked: 1, of: 1 },
      { asked: 0, of: 0 },
    ];
    const covered = { coverage: 'nodes', pairs: 1, sources: 1, targets: 2, own, others } as const;
    const check = checkThat(async ({ probes, judge }) => {
      judge.connected(await probes.matrix({ sources: [source], targets, ports: [port] }));
    });
    const outcome = async (cells: readonly Cell[]) => {
      const context = contextWith({ matrix: async () => ({ cells, ms: 1, covered }) });
      return runCheck({ check, context, journal: journalOf().journal, again, vanished });
    };
    const { result, judgement } = await outcome([cell]);
    assert.equal(result, 'pass');
    assert.match(judgement?.observations[0]?.title ?? '', /^Pairs asked: 1, of 1 clients × 2 servers/);
    assert.match((await outcome([])).judgement?.findings[0]?.message ?? '', /0 cells, 1 were asked for/);
  });

  it('writes what is wrong with each probe of a finding', async () => {
    const { journal, memory } = journalOf();
    const source = { kind: 'pod', id: 'x/a', node: 'node', ip: '10.1.0.2', labels: {} } as const;
    const target = { label: 'Service x/web', address: '10.96.0.9', servers: ['x/b'] };
    const port = { protocol: 'TCP', port: 80 } as const;
    const cell = { source, target, port, verdict: 'refused', attempts: 1, answered: 1 } as const;
    const check = checkThat(async ({ judge }) => judge.connected({ cells: [cell], ms: 1 }));
    await runCheck({ check, context: contextWith(), journal, again, vanished });
    assert.equal(memory.of('check-finished')[0]?.findings[0]?.cells?.[0]?.text, 'refused');
  });

  it('writes a watch with its times from the first try on, its tries in a row as one, and its edge', async () => {
    const { journal, memory } = journalOf();
    const source = { kind: 'pod', id: 'x/a', node: 'node', ip: '10.1.0.2', labels: {} } as const;
    const target = { label: 'x/b', address: '10.1.0.3', servers: ['x/b'] };
    const port = { protocol: 'TCP', port: 80 } as const;
    const tries = Array.from({ length: 40 }, (_, index) => ({
      at: 7_000 + index * 4,
      verdict: index < 20 ? ('connected' as const) : ('dropped' as const),
    }));
    const pace = { rate: 250, longestGap: 4, stalls: 0, clockUncertainty: 0.25 };
    const seen = { source, target, port, until: 'denied', tries, ...pace } as const;
    const watches = [
      { ...seen, settledAt: 7_080, acceptedAt: 7_050 },
      { ...seen, acceptedAt: 7_050, reason: 'starved' },
      { ...seen, tries: [], acceptedAt: 7_050 },
      seen,
    ];
    const left = [...watches];
    const watch = async () => left.shift()!;
    const plan = { source, target, port, until: 'denied', stable: 50, atMost: 1_000 } as const;
    const check = checkThat(async ({ probes, judge }) => {
      for (const one of watches) judge.holds((await probes.watch(plan)) === one, 'another watch');
    });
    const { result } = await runCheck({ check, context: contextWith({ watch }), journal, again, vanished });
    assert.equal(result, 'pass');
    const [whole, starved, none, unmarked] = memory.of('watch');
    const { stalls, rate, longestGap, clockUncertainty } = pace;
    assert.deepEqual(whole, {
      ...{ event: 'watch', check: 'fake/check', source: 'x/a', target: 'x/b', address: '10.1.0.3', port },
      ...{ until: 'denied', acceptedAt: 50, settledAt: 80, rate, longestGap, stalls, clockUncertainty },
      tries: [
        { from: 0, to: 76, verdict: 'connected', n: 20 },
        { from: 80, to: 156, verdict: 'dropped', n: 20 },
      ],
      edge: { kind: 'deny', ms: 30, flaps: 0, leaked: 0, resolution: 4.25 },
    });
    assert.deepEqual([starved?.edge, starved?.reason], [undefined, 'starved']);
    assert.deepEqual([none?.tries, none?.reason], [[], 'it did not stay denied']);
    assert.deepEqual(
      [unmarked?.acceptedAt, unmarked?.edge, unmarked?.reason],
      [undefined, undefined, undefined],
    );
  });

  it('leaves out of the journal what comes after its end', async () => {
    const { journal, memory } = journalOf();
    const late = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const matrix = async () => {
      await late.promise;
      return { cells: [], ms: 1 };
    };
    const check = checkThat(async ({ probes, judge }) => {
      probes.matrix({ sources: [], targets: [], ports: [] }).then(ended.resolve, ended.resolve);
      judge.holds(true, '');
    });
    await runCheck({ check, context: contextWith({ matrix }), journal, again, vanished });
    late.resolve();
    await ended.promise;
    assert.equal(memory.events.at(-1)?.event, 'check-finished');
  });

  describe('where a check leaves pods', () => {
    const leaving = async (red: boolean, left?: string) => {
      const done: string[] = [];
      const { journal, memory } = journalOf();
      const context = contextWith();
      const pods = {
        ...context.pods,
        async remove() {
          done.push('removed');
          if (left) throw new Error(`still there after their deletion: ${left}`);
        },
      };
      const { result } = await runCheck({
        check: checkThat(async ({ judge }) => judge.holds(!red, 'nobody answered')),
        context: { ...context, pods },
        journal,
        again,
        vanished,
        async onResult({ result }) {
          done.push(`evidence of ${result}`);
          return undefined;
        },
      });
      const messages = memory.of('check-finished')[0]?.findings.map(({ message }) => message);
      return { done, result, messages };
    };

    it('removes them before its result is known', async () => {
      const { done, result } = await leaving(false);
      assert.deepEqual([done, result], [['removed', 'evidence of pass'], 'pass']);
    });

    it('leaves them for the evidence of what is wrong', async () => {
      const { done, result } = await leaving(true);
      assert.deepEqual([done, result], [['evidence of fail', 'removed'], 'fail']);
    });

    it('tells of those that stay', async () => {
      const passed = await leaving(false, 'new/p1');
      assert.equal(passed.result, 'error');
      const failed = await leaving(true, 'new/p1');
      assert.equal(failed.result, 'fail');
      assert.deepEqual(failed.messages, ['nobody answered', ...(passed.messages ?? [])]);
      assert.match(passed.messages?.join() ?? '', /still there after their deletion: new\/p1/);
    });
  });

  it('takes back the policies of a check that it gave up, and lets it change no more', async () => {
    const { journal } = journalOf();
    const states: string[][] = [];
    const isolation: Isolation = {
      namespaces: async () => ({}),
      async set({ policies }) {
        states.push(policies.map(({ metadata }) => metadata.name));
        return { sentAt: 0, acceptedAt: 0 };
      },
      tell: () => {},
    };
    const policy = (name: string) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name },
    });
    const late = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<unknown>();
    const check = checkThat(async ({ isolation, judge }) => {
      await isolation.set({ policies: [policy('deny')] });
      judge.holds(true, '');
      await late.promise;
      await isolation.set({ policies: [policy('later')] }).then(refused.resolve, refused.resolve);
    });
    const { result } = await runCheck({
      check,
      context: { ...contextWith(), isolation },
      journal,
      again,
      vanished,
      bound: 20,
    });
    late.resolve();
    assert.match(String(await refused.promise), /the check has ended/);
    assert.equal(result, 'error');
    assert.deepEqual(states, [['deny'], []]);
  });
});
