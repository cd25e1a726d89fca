import { styleText } from 'node:util';
import {
  type AppliedFault,
  asExpected,
  type CniLifecycle,
  type Counted,
  describeMove,
  divergenceState,
  type Expectation,
  type Fault,
  leftOpen,
  type Metric,
  type Move,
  movesOf,
  nodeAccess,
  notApplicable,
  type Objects,
  type PodLifecycle,
  type Tampering,
} from '@netproof/core';
import type { LoadedCheck } from './checks.ts';
import { forgetConnections } from './forget-connections.ts';
import { detailsOf, noteOf, toldOf } from './lines.ts';
import { type Case, type Group, Red, Undecided } from './mocha-run.ts';
import { runCheck } from './run-check.ts';
import { again, once, type SuiteOptions } from './suite-run.ts';

export interface ProveOptions extends SuiteOptions {
  readonly faults: readonly Fault[];
  /** Slow checks run under faults that do not concern them, too. */
  readonly everyCell: boolean;
  readonly objects: Objects;
  readonly tampering: Tampering;
  readonly lifecycle: PodLifecycle;
  readonly cni: CniLifecycle;
}

/** What a proof has come to so far. */
export interface Proof {
  readonly results: Counted[];
  /** Cells of the kill matrix that are not as they must be. */
  unexpected: number;
  /** Checks that were seen red under a fault that must redden them. */
  readonly reddened: Set<string>;
  /** Checks that passed without a fault. */
  readonly green: Set<string>;
  /** What each of them measured then, the last time. */
  readonly metrics: Map<string, readonly Metric[]>;
  /** Checks of which no proof is asked: this cluster cannot be judged by them, or is known to fail them. */
  readonly notAsked: Set<string>;
  /** What the fault in place had counted when the last check under it ended. */
  counted: Reading | undefined;
  /** The fault that is in place now: whoever ends the run takes it out. */
  inPlace: (AppliedFault & { readonly id: string }) | undefined;
}

/** What a fault has counted: traffic that it met or policies that it changed, and how often it was found on a node. */
interface Reading {
  readonly met: number;
  readonly found: number;
}

const noFault = 'none';

/** What the kill matrix expects of a check under a fault. Without a fault, nothing may be red. */
export function expectation(check: LoadedCheck, fault: Fault | undefined): Expectation {
  if (fault === undefined) return 'never';
  if (check.reddenedBy.must.includes(fault.id)) return 'must';
  if (check.reddenedBy.may?.includes(fault.id)) return 'may';
  if (check.movedBy?.[fault.id]) return 'moves';
  if (check.cloudedBy?.includes(fault.id)) return 'clouded';
  return fault.yields === undefined ? 'never' : 'may-cloud';
}

/** Whether the cluster lacks something that a check needs while a fault is in place. */
function lacks({ needs }: LoadedCheck, { withholds }: Fault): boolean {
  return needs.some((need) => need.kind === 'feature' && withholds?.includes(need.feature));
}

/** Whether a check makes what a fault acts on, or the fault acts on what is there without it. */
function meets({ needs }: LoadedCheck, { actsOn }: Fault): boolean {
  return actsOn === undefined || needs.some((need) => need.kind === 'feature' && need.feature === actsOn);
}

/** Whether a check may see a fault without any traffic that meets it. */
function readsNodes({ needs }: LoadedCheck): boolean {
  return needs.some((need) => need.kind === 'feature' && need.feature === nodeAccess);
}

/** Where a fault must show in a check. */
const proving: readonly Expectation[] = ['must', 'clouded', 'moves'];
/** Where a check is run again once the fault is out, unless it must be green under the next one and so tells there. */
const concerning: readonly Expectation[] = [...proving, 'may'];

/**
 * All checks without a fault; then, for each fault that must show in one of them, all checks that it could meet under it
 * and, before the next one is put in, those in which it may show and the next one may too; at the end all checks without a
 * fault again. Slow ones run under and after those faults alone that must show in them, unless every cell is wanted.
 * A check that the cluster records as known to fail runs once.
 */
export function killMatrix(options: ProveOptions, proof: Proof): readonly Group[] {
  const { checks, context, divergences, faults, onLine } = options;
  const isKnown = ({ id }: LoadedCheck) => divergences.get(id)?.expired === false;
  const applies = ({ needs }: Pick<Fault, 'needs'>) =>
    notApplicable(needs, context.cluster, context.nodes.list.length);
  // The others say so once, without a fault: none changes what a cluster claims.
  const judging = checks.filter((check) => applies(check) === undefined && !isKnown(check));
  const concerned = faults.filter((fault) =>
    judging.some((check) => proving.includes(expectation(check, fault))),
  );
  const applicable = concerned.filter((fault) => {
    const reason = applies(fault);
    if (reason !== undefined) onLine(`- not-applicable ${fault.id}  ${reason}`);
    return reason === undefined;
  });
  const runsUnder = (check: LoadedCheck, fault: Fault) =>
    proving.includes(expectation(check, fault)) ||
    (!lacks(check, fault) && meets(check, fault) && (options.everyCell || !check.slow));
  const none = checks.map((check) => (isKnown(check) ? knownCase : killCase)(options, proof, check));
  return [
    { title: noFault, cases: none },
    ...applicable.flatMap((fault, index) => {
      const next = applicable[index + 1];
      const after = judging.filter(
        (check) =>
          (next === undefined && (options.everyCell || !check.slow)) ||
          (runsUnder(check, fault) &&
            concerning.includes(expectation(check, fault)) &&
            !(next && runsUnder(check, next) && expectation(check, next) === 'never')),
      );
      return [
        underFault(
          { ...options, checks: judging.filter((check) => runsUnder(check, fault)) },
          proof,
          fault,
          `fault ${index + 1} of ${applicable.length}`,
        ),
        { title: `after ${fault.id}`, cases: after.map((check) => killCase(options, proof, check)) },
      ];
    }),
  ];
}

function underFault(options: ProveOptions, proof: Proof, fault: Fault, progress: string): Group {
  const { cni, context, journal, objects, checks, lifecycle, onLine, tampering } = options;
  const apply: Case = {
    title: `${fault.id} is applied`,
    async run() {
      if (proof.inPlace) throw new Error('the fault before it is still in place');
      onLine(`${progress}: ${fault.id}`);
      const applied = await fault.apply({ ...context, objects, tampering, lifecycle, cni });
      proof.inPlace = { ...applied, id: fault.id };
      proof.counted = undefined;
      journal.write({ event: 'fault-applied', fault: fault.id, story: fault.story });
    },
  };
  const revert: Case = {
    title: `${fault.id} is taken out`,
    async run() {
      const applied = proof.inPlace;
      if (applied?.id !== fault.id) throw new Error(`${fault.id} is not in place`);
      const effect = await applied.effect().catch((error: unknown) => error);
      await applied.revert();
      await forgetConnections(context);
      proof.inPlace = undefined;
      proof.counted = undefined;
      if (typeof effect !== 'number') throw effect;
      journal.write({ event: 'fault-reverted', fault: fault.id, effect });
    },
  };
  return {
    title: fault.id,
    cases: [apply, ...checks.map((check) => killCase(options, proof, check, fault)), revert],
  };
}

/** What is red without a fault cannot be seen to turn red: whether it still is, and no more, is looked at. */
function knownCase(options: ProveOptions, proof: Proof, check: LoadedCheck): Case {
  return {
    title: `${check.id}, known to fail`,
    async run() {
      const outcome = await once(options, check, proof.results, { fault: noFault });
      proof.notAsked.add(check.id);
      if (outcome.result !== 'not-applicable')
        options.onLine(`- not proved ${check.id}  it is recorded as known to fail here`);
      if (divergenceState(outcome) !== 'unexpected-pass') throw new Undecided(outcome.result);
      proof.unexpected += 1;
      throw new Red('unexpected pass');
    },
  };
}

function killCase(options: ProveOptions, proof: Proof, check: LoadedCheck, fault?: Fault): Case {
  const { context, journal } = options;
  const faultId = fault?.id ?? noFault;
  const expected = expectation(check, fault);
  return {
    title: `${check.id} under ${faultId}`,
    run: () => cell(true),
  };

  /** @param first whether it is asked once more where noise leaves open what had to be red; so `pass` never is */
  async function cell(first: boolean): Promise<void> {
    // What is found under another fault than it is said to be tells nothing.
    if (proof.inPlace?.id !== fault?.id) throw new Error(`in place is ${proof.inPlace?.id ?? 'no fault'}`);
    // Read only where it decides: reading all rules of all nodes takes longer than many a check.
    const before = concerning.includes(expected) ? (proof.counted ?? (await read(proof))) : undefined;
    proof.counted = undefined;
    let touched: number | undefined;
    let unread: unknown;
    let fits = true;
    let moves: readonly Move[] = [];
    const repeat = again('prove', options, check.id);
    const outcome = await runCheck({
      check,
      context,
      journal,
      again: repeat,
      vanished: options.vanished,
      ...(fault ? { fault: fault.id } : { divergence: options.divergences.get(check.id) }),
      async onResult(outcome) {
        try {
          if (before && (expected !== 'may' || outcome.result === 'fail')) {
            const now = await read(proof);
            const found = expected === 'may' && readsNodes(check);
            touched = now.met - before.met + (found ? now.found - before.found : 0);
            proof.counted = now;
          }
        } catch (error) {
          unread = error; // thrown once the result is in the journal
          return undefined;
        }
        const metrics = outcome.judgement?.metrics ?? [];
        if (expected === 'moves') moves = movesUnder(check, fault, proof, metrics);
        // What shows under a fault that changed nothing while the check ran shows for another reason.
        fits =
          outcome.result === 'not-applicable' ||
          (asExpected(expected, outcome.result) &&
            moves.every((move) => move.asExpected) &&
            (touched === undefined || touched > 0));
        return fits ? undefined : options.collect(check, outcome, fault?.id);
      },
    });
    if (unread !== undefined) throw unread;
    const { result } = outcome;
    proof.results.push({ result });
    const askedAgain = first && expected === 'must' && result === 'inconclusive';
    const open = !fits && (askedAgain || leftOpen(expected, result));
    if (!fits && !open) proof.unexpected += 1;
    if (fits && expected === 'must' && result === 'fail') proof.reddened.add(check.id);
    if (fault === undefined && result === 'pass') {
      proof.green.add(check.id);
      proof.metrics.set(check.id, outcome.judgement?.metrics ?? []);
    }
    if (result === 'not-applicable') proof.notAsked.add(check.id);
    journal.write({
      event: 'kill',
      fault: faultId,
      check: check.id,
      expectation: expected,
      result,
      ...(moves.length > 0 && { moves: [...moves] }),
      asExpected: fits,
      ...(askedAgain && { askedAgain }),
    });
    const moved = moves.map((move) => `, ${describeMove(move)}`).join('');
    const took = touched !== undefined ? `, it took effect ${touched} times` : '';
    const sign = fits ? styleText('green', '✓') : open ? styleText('yellow', '?') : styleText('red', '✗');
    const line = `${sign} ${faultId} × ${check.id}: ${result}, expected ${wanted[expected]}${moved}${took}${askedAgain ? '; asked once more' : ''}${noteOf(outcome)}`;
    const state = fits ? 'good' : open ? 'open' : 'red';
    options.onLine(
      [line, ...(fits ? [] : detailsOf(outcome, repeat))].join('\n'),
      toldOf(outcome, options.cluster, repeat, { fault: faultId, state }),
    );
    if (askedAgain) return cell(false);
    if (result === 'not-applicable' || open) throw new Undecided(result);
    if (!fits) throw new Red(`${result} under ${faultId}`);
  }
}

async function read({ inPlace }: Proof): Promise<Reading> {
  return { met: (await inPlace?.effect()) ?? 0, found: (await inPlace?.found?.()) ?? 0 };
}

const wanted: Record<Expectation, string> = {
  must: 'fail',
  may: 'pass or fail',
  never: 'pass',
  clouded: 'inconclusive',
  'may-cloud': 'pass or inconclusive',
  moves: 'pass with other metrics',
};

/** A check that was not green without a fault has measured nothing to hold its metrics against. */
function movesUnder(
  { id, movedBy }: LoadedCheck,
  fault: Fault | undefined,
  proof: Proof,
  under: readonly Metric[],
): readonly Move[] {
  return movesOf(movedBy?.[fault?.id ?? noFault] ?? {}, proof.metrics.get(id) ?? [], under);
}

/** The empty proof. */
export function noProof(): Proof {
  return {
    results: [],
    unexpected: 0,
    reddened: new Set(),
    green: new Set(),
    metrics: new Map(),
    notAsked: new Set(),
    counted: undefined,
    inPlace: undefined,
  };
}

/** Checks of which a proof is asked and that lack half of it, and which half. */
export function unproved(
  checks: readonly LoadedCheck[],
  { reddened, green, notAsked }: Proof,
): readonly { readonly check: string; readonly why: string }[] {
  return checks.flatMap(({ id }) => {
    if (notAsked.has(id) || (reddened.has(id) && green.has(id))) return [];
    return [
      { check: id, why: green.has(id) ? 'no fault turned it red' : 'it was not green without a fault' },
    ];
  });
}
