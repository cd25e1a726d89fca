import { exitCode } from '@netproof/core';
import { countKills, stateOf, unproved } from './kills.ts';
import type { Conclusion, Outcome, ReportModel, ShownWord } from './model.ts';
import { isBaseline, isFinished, shown } from './outcome.ts';
import { count, every, list, verb } from './sentence.ts';
import { killInWords } from './words.ts';

type Judged = Omit<ReportModel, 'conclusion'>;

/** The run in one sentence. */
export function conclude(model: Judged): Conclusion {
  const conclusion = notCarried(model) ?? (model.run.mode === 'prove' ? ofKills(model) : ofChecks(model));
  if (!model.run.interrupted || conclusion.result === 'interrupted') return conclusion;
  return { ...conclusion, sentence: `${conclusion.sentence} The run ended before it was finished.` };
}

/** A cluster that this machine cannot carry was not judged, and nothing went wrong. */
function notCarried({ run, clusters }: Judged): Conclusion | undefined {
  const [cluster] = clusters;
  if (cluster?.notApplicable === undefined || run.exit !== exitCode.pass) return undefined;
  const why = cluster.notApplicable.join('; ');
  return { result: 'not-applicable', sentence: `${cluster.name} does not apply to this machine: ${why}.` };
}

function ofChecks({ run, checks, clusters }: Judged): Conclusion {
  const all = checks.flatMap(({ id, outcomes }) =>
    outcomes.filter(isBaseline).map((outcome) => ({ id, outcome })),
  );
  const where = clusters[0] ? ` on ${clusters[0].name}` : '';
  const those = (...some: ShownWord[]) => all.filter(({ outcome }) => some.includes(shown(outcome)));
  const named = (some: typeof all) => list(some.map(({ id }) => id));
  const [failed, errors, undecided] = [those('fail'), those('error'), those('inconclusive')];
  const [passed, skipped] = [those('pass', 'observed'), those('not-applicable')];
  const known = those('known');
  const of = `${count(all.length, 'check')}${where}`;
  const more =
    known.length === 0
      ? ''
      : ` ${known.length} more ${verb(known.length, 'is', 'are')} known to fail: ${named(known)}.`;
  // That a run was interrupted is said of it as a whole.
  const left = run.interrupted ? 0 : those('not-run').length;
  const unrun = left === 0 ? '' : ` ${left} more ${verb(left, 'was', 'were')} not run.`;

  if (failed.length > 0) {
    return {
      result: 'fail',
      sentence: `${failed.length} of ${of} ${verb(failed.length, 'fails', 'fail')}: ${named(failed)}.${more}${unrun}`,
    };
  }
  const unexpected = unexpectedPasses(all);
  if (unexpected.length > 0) return passedUnexpectedly(unexpected, `of ${of}`, `${more}${unrun}`);
  if (run.interrupted) {
    const finished = all.filter(({ outcome }) => isFinished(outcome)).length;
    return {
      result: 'interrupted',
      sentence: `The run ended before it was finished: ${finished} of ${of} ${verb(finished, 'was', 'were')} judged, none failed${known.length > 0 ? ' but what is known to' : ''}.`,
    };
  }
  if (errors.length > 0) {
    return {
      result: 'error',
      sentence: `netproof could not do its work in ${errors.length} of ${of}, so nothing is known of the network there: ${named(errors)}.${unrun}`,
    };
  }
  const ended = unexplained(run.exit, run.message, undecided.length > 0 || passed.length === 0);
  if (ended) return ended;
  const missing = those('unfinished', 'not-run');
  if (missing.length > 0) {
    return {
      result: 'error',
      sentence: `${missing.length} of ${of} ${verb(missing.length, 'was', 'were')} planned and never judged: ${named(missing)}.`,
    };
  }
  if (undecided.length > 0) {
    return {
      result: 'inconclusive',
      sentence: `${undecided.length} of ${of} ${verb(undecided.length, 'is', 'are')} undecided: ${named(undecided)}.${more || ' None fails.'}`,
    };
  }
  if (passed.length + known.length === 0) {
    return { result: 'nothing-judged', sentence: `Nothing was judged: none of ${of} applies.` };
  }
  const rest =
    skipped.length === 0 ? '' : ` ${skipped.length} more ${verb(skipped.length, 'does', 'do')} not apply.`;
  const facts = all.reduce((sum, { outcome }) => sum + outcome.judged, 0);
  if (known.length > 0) {
    return {
      result: 'known',
      sentence: `${known.length} of ${of} ${verb(known.length, 'fails', 'fail')}, which is known: ${named(known)}. ${passed.length} ${verb(passed.length, 'passes', 'pass')}.${rest}`,
    };
  }
  return {
    result: 'pass',
    sentence: `${every(passed.length, 'check')} that ${verb(passed.length, 'applies', 'apply')}${where} ${verb(passed.length, 'passes', 'pass')}: ${count(facts, 'fact')} judged.${rest}`,
  };
}

interface Named {
  readonly id: string;
  readonly outcome: Outcome;
}

function unexpectedPasses(all: readonly Named[]): readonly Named[] {
  return all.filter(({ outcome }) => shown(outcome) === 'unexpected-pass');
}

/** The network is better than the cluster's own file says: left as it is, the entry would hide the next failure. */
function passedUnexpectedly(some: readonly Named[], of: string, more: string): Conclusion {
  const names = list(some.map(({ id }) => id));
  return {
    result: 'unexpected-pass',
    sentence: `${some.length} ${of} ${verb(some.length, 'passes', 'pass')} though recorded as known to fail: ${names}. Delete ${verb(some.length, 'the entry', 'the entries')} from cluster.yaml.${more}`,
  };
}

function ofKills({ run, checks, killMatrix = [] }: Judged): Conclusion {
  const wrong = killMatrix.filter((kill) => stateOf(kill) === 'unexpected');
  const { open, notApplicable } = countKills(killMatrix);
  const but = open > 0 ? `, but for ${open} that ${verb(open, 'was', 'were')} left open` : '';
  const of = `${count(killMatrix.length - notApplicable, 'cell')} of the kill matrix`;
  if (wrong.length > 0) {
    return {
      result: 'fail',
      sentence: `${wrong.length} of ${of} ${verb(wrong.length, 'is', 'are')} not as expected: ${list(wrong.map(killInWords))}.`,
    };
  }
  const unexpected = unexpectedPasses(
    checks.flatMap(({ id, outcomes }) => outcomes.map((outcome) => ({ id, outcome }))),
  );
  if (unexpected.length > 0) {
    return passedUnexpectedly(unexpected, `of ${count(checks.length, 'check')}`, '');
  }
  if (run.interrupted) {
    return {
      result: 'interrupted',
      sentence: `The proof ended before it was finished: ${of} ${verb(killMatrix.length, 'was', 'were')} filled, all as expected${but}.`,
    };
  }
  const bare = unproved(killMatrix, checks);
  const ended = unexplained(run.exit, run.message, true);
  if (ended) return ended;
  const faults = new Set(killMatrix.filter((kill) => !isBaseline(kill)).map(({ fault }) => fault)).size;
  if (faults === 0) return { result: 'nothing-judged', sentence: 'Nothing was proved: no fault was tried.' };
  if (bare.length > 0 || run.exit === exitCode.undecided) {
    const names = list(bare.map(({ check, why }) => `${check} (${why})`));
    const idle = new Set(
      killMatrix.filter(({ result }) => result === 'not-applicable').map(({ check }) => check),
    );
    const which =
      bare.length > 0
        ? `${count(bare.length, 'check')} ${verb(bare.length, 'is', 'are')} not proved: ${names}`
        : `Not all checks are proved: ${idle.size} of them ${verb(idle.size, 'does', 'do')} not apply here`;
    return { result: 'inconclusive', sentence: `${which}. All ${of} are as expected${but}.` };
  }
  return {
    result: 'pass',
    sentence: `${every(faults, 'fault')} turned exactly the checks red that ${verb(faults, 'it', 'they')} must: all ${of} are as expected${but}.`,
  };
}

/** A run that ended badly though its results are good must not look green. */
function unexplained(exit = 0, message: string | undefined, undecided: boolean): Conclusion | undefined {
  if (exit === exitCode.pass || (undecided && exit === exitCode.undecided)) return undefined;
  return {
    result: 'error',
    sentence: `The run ended with exit code ${exit}: ${message === undefined ? 'no reason was given.' : gist(message)}`,
  };
}

/** An error may carry a page of what a command printed; the whole of it is the run's message. */
function gist(message: string): string {
  const most = 160;
  const [line = ''] = message.split('\n');
  return line.length <= most ? `${line}.` : `${line.slice(0, most).replace(/\W*\s+\S*$/, '')} …`;
}
