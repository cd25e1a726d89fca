import { styleText } from 'node:util';
import {
  type AppliedFault,
  asExpected,
  type Expectation,
  type Fault,
  notApplicable,
  type Result,
} from '@netproof/core';
import type { LoadedCheck } from './checks.ts';
import { type Group, Undecided } from './mocha-run.ts';
import { runCheck } from './run-check.ts';
import { again, type SuiteOptions } from './suite-run.ts';

export interface ProveOptions extends SuiteOptions {
  readonly faults: readonly Fault[];
}

export interface Proof {
  readonly results: { result: Result }[];
  unexpected: number;
  /** The fault that is in place now: whoever ends the run takes it out. */
  inPlace: AppliedFault | undefined;
}

const noFault = 'none';

/** What the kill matrix expects of a check under a fault. Without a fault, nothing may be red. */
export function expectation(check: LoadedCheck, fault: string): Expectation {
  if (check.reddenedBy.must.includes(fault)) return 'must';
  return check.reddenedBy.may?.includes(fault) ? 'may' : 'never';
}

/** All checks without a fault; then, fault by fault, all checks under it and all without it again. */
export function killMatrix(options: ProveOptions, proof: Proof): readonly Group[] {
  return [
    { title: noFault, cases: options.checks.map((check) => killCase(options, proof, check)) },
    ...options.faults.flatMap((fault) => underFault(options, proof, fault)),
  ];
}

function underFault(options: ProveOptions, proof: Proof, fault: Fault): readonly Group[] {
  const { context, journal, checks } = options;
  const reason = notApplicable(fault.needs, context.cluster, context.nodes.list.length);
  if (reason !== undefined) {
    options.onLine(`- not-applicable ${fault.id}  ${reason}`);
    return [];
  }
  const apply = {
    title: `${fault.id} is applied`,
    async run() {
      proof.inPlace = await fault.apply(context);
      journal.write({ event: 'fault-applied', fault: fault.id, story: fault.story });
    },
  };
  const revert = {
    title: `${fault.id} is taken out`,
    async run() {
      const effect = (await proof.inPlace?.effect()) ?? 0;
      await proof.inPlace?.revert();
      proof.inPlace = undefined;
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

function killCase(options: ProveOptions, proof: Proof, check: LoadedCheck, fault?: Fault) {
  const { context, journal } = options;
  const faultId = fault?.id ?? noFault;
  return {
    title: `${check.id} under ${faultId}`,
    async run() {
      if (fault && !proof.inPlace) throw new Error(`${fault.id} is not in place`);
      const before = (await proof.inPlace?.effect()) ?? 0;
      const repeat = again(options.cluster, check.id);
      const { result } = await runCheck({
        check,
        context,
        journal,
        again: repeat,
        ...(fault && { fault: fault.id }),
      });
      const touched = ((await proof.inPlace?.effect()) ?? 0) - before;

      const expected = expectation(check, faultId);
      // Red under a fault that changed none of this check's packets is red for another reason.
      const fits =
        result === 'not-applicable' || (asExpected(expected, result) && (expected !== 'must' || touched > 0));
      proof.results.push({ result });
      journal.write({
        event: 'kill',
        fault: faultId,
        check: check.id,
        expectation: expected,
        result,
        asExpected: fits,
      });
      const effect = fault ? `, ${touched} packets touched` : '';
      options.onLine(
        `${fits ? styleText('green', '✓') : styleText('red', '✗')} ${faultId} × ${check.id}: ${result}, expected ${expected === 'must' ? 'fail' : expected === 'may' ? 'pass or fail' : 'pass'}${effect}`,
      );
      if (result === 'not-applicable') throw new Undecided(result);
      if (!fits) {
        proof.unexpected += 1;
        throw new Error(`${result} under ${faultId}`);
      }
    },
  };
}
