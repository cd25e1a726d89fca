import assert from 'node:assert/strict';
import type { Fault, Objects } from '@netproof/core';
import type { Journal } from './journal.ts';
import { runInMocha } from './mocha-run.ts';
import { killMatrix, type Proof } from './suite-prove.ts';
import { checkThat, contextWith, MemoryJournal } from './testing.ts';

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
  const journal = new MemoryJournal();
  const proof: Proof = { results: [], unexpected: 0, reddened: new Set(), inPlace: undefined };
  const options = {
    checks: [check],
    faults: [fault],
    context: contextWith(),
    objects: {} as Objects, // the fake fault changes none
    journal: journal as unknown as Journal,
    cluster: 'fake',
    vanished: async () => undefined,
    onLine: () => {},
  };
  const failures = await runInMocha(killMatrix(options, proof), new AbortController().signal);
  return { journal, proof, failures };
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
  });

  it('shows a check that stays green under its fault', async () => {
    const { proof } = await prove(world({ blind: true }));
    assert.equal(proof.unexpected, 1);
    assert.equal(proof.reddened.size, 0);
  });

  it('shows a check that is red without a fault', async () => {
    const { proof } = await prove(world({ alwaysRed: true }));
    assert.equal(proof.unexpected, 2);
  });

  it('does not take red for proof where the fault changed nothing', async () => {
    const { proof } = await prove(world({ effect: () => 7 }));
    assert.equal(proof.unexpected, 1);
    assert.equal(proof.reddened.size, 0);
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

  it('leaves out faults that need not redden any of the checks', async () => {
    const { check, fault } = world();
    const { journal } = await prove({ check, fault: { ...fault, id: 'another' }, isBroken: () => false });
    assert.deepEqual(journal.of('fault-applied'), []);
  });
});
