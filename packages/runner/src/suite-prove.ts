import { styleText } from 'node:util';
import {
  type AppliedFault,
  asExpected,
  type Expectation,
  type Fault,
  notApplicable,
  type Objects,
  type Result,
} from '@netproof/core';
import type { LoadedCheck } from './checks.ts';
import { type Case, type Group, Red, Undecided } from './mocha-run.ts';
import { runCheck } from './run-check.ts';
import { again, type SuiteOptions } from './suite-run.ts';

export interface ProveOptions extends SuiteOptions {
  readonly faults: readonly Fault[];
  readonly objects: Objects;
}

/** What a proof has come to so far. */
export interface Proof {
  readonly results: { result: Result }[];
  /** Cells of the kill matrix that are not as they must be. */
  unexpected: number;
  /** Checks that were seen red under a fault that must redden them. */
  readonly reddened: Set<string>;
  /** The fault that is in place now: whoever ends the run takes it out. */
  inPlace: AppliedFault | undefined;
}

const noFault = 'none';

/** What the kill matrix expects of a check under a fault. Without a fault, nothing may be red. */
export function expectation(check: LoadedCheck, fault: string): Expectation {
  if (check.reddenedBy.must.includes(fault)) return 'must';
  return check.reddenedBy.may?.includes(fault) ? 'may' : 'never';
}

/**
 * All checks without a fault; then, for each fault that must redden one of them, all checks under it and all
 * without it again.
 */
export function killMatrix(options: ProveOptions, proof: Proof): readonly Group[] {
  const concerned = options.faults.filter(({ id }) =>
    options.checks.some((check) => expectation(check, id) === 'must'),
  );
  return [
    { title: noFault, cases: options.checks.map((check) => killCase(options, proof, check)) },
    ...concerned.flatMap((fault) => underFault(options, proof, fault)),
  ];
}

function underFault(options: ProveOptions, proof: Proof, fault: Fault): readonly Group[] {
  const { context, journal, objects, checks } = options;
  const reason = notApplicable(fault.needs, context.cluster, context.nodes.list.length);
  if (reason !== undefined) {
    options.onLine(`- not-applicable ${fault.id}  ${reason}`);
    return [];
  }
  const apply: Case = {
    title: `${fault.id} is applied`,
    async run() {
      if (proof.inPlace) throw new Error('the fault before it is still in place');
      proof.inPlace = await fault.apply({ ...context, objects });
      journal.write({ event: 'fault-applied', fault: fault.id, story: fault.story });
    },
  };
  const revert: Case = {
    title: `${fault.id} is taken out`,
    async run() {
      const applied = proof.inPlace;
      if (!applied) throw new Error(`${fault.id} is not in place`);
      const effect = await applied.effect().catch((error: unknown) => error);
      await applied.revert();
      await forgetConnections(options);
      proof.inPlace = undefined;
      if (typeof effect !== 'number') throw effect;
      journal.write({ event: 'fault-reverted', fault: fault.id, effect });
    },
  };
  return [
    {
      title: fault.id,
      cases: [apply, ...checks.map((check) => killCase(options, proof, check, fault)), revert],
    },
    { title: `after ${fault.id}`, cases: checks.map((check) => killCase(options, proof, check)) },
  ];
}

/**
 * Empties the nodes' connection tracking. What a fault did to a connection outlives its rules there: a later
 * connection from the same port would still be rewritten, or go where the fault had sent the first.
 */
async function forgetConnections({ context: { nodes } }: ProveOptions): Promise<void> {
  await Promise.all(nodes.list.map(({ name }) => nodes.run(name, ['conntrack', '-F'])));
}

function killCase(options: ProveOptions, proof: Proof, check: LoadedCheck, fault?: Fault): Case {
  const { context, journal } = options;
  const faultId = fault?.id ?? noFault;
  return {
    title: `${check.id} under ${faultId}`,
    async run() {
      if (fault && !proof.inPlace) throw new Error(`${fault.id} is not in place`);
      const before = (await proof.inPlace?.effect()) ?? 0;
      const { result } = await runCheck({
        check,
        context,
        journal,
        again: again(options.cluster, check.id),
        vanished: options.vanished,
        ...(fault && { fault: fault.id }),
      });
      const touched = ((await proof.inPlace?.effect()) ?? 0) - before;

      const expected = expectation(check, faultId);
      // Red under a fault that changed none of this check's packets is red for another reason.
      const fits =
        result === 'not-applicable' || (asExpected(expected, result) && (expected !== 'must' || touched > 0));
      proof.results.push({ result });
      if (!fits) proof.unexpected += 1;
      if (fits && expected === 'must' && result === 'fail') proof.reddened.add(check.id);
      journal.write({
        event: 'kill',
        fault: faultId,
        check: check.id,
        expectation: expected,
        result,
        asExpected: fits,
      });
      const effect = fault ? `, ${touched} packets touched` : '';
      const sign = fits ? styleText('green', '✓') : styleText('red', '✗');
      options.onLine(`${sign} ${faultId} × ${check.id}: ${result}, expected ${wanted[expected]}${effect}`);
      if (result === 'not-applicable') throw new Undecided(result);
      if (!fits) throw new Red(`${result} under ${faultId}`);
    },
  };
}

const wanted: Record<Expectation, string> = { must: 'fail', may: 'pass or fail', never: 'pass' };
