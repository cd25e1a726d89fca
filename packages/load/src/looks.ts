import {
  type Arm,
  arms,
  connections,
  enoughLost,
  Judge,
  judgeLatency,
  type LatencyPlan,
  resultOf,
} from '@netproof/core';
import type { Turn } from './arm.ts';
import { comparison, looks, mostPairs } from './comparison.ts';
import { losses, paired } from './pairs.ts';

export interface Looked {
  /** How many pairs of turns are to be compared. */
  readonly pairs: number;
  /** Whether more turns would change nothing. */
  readonly enough: boolean;
}

/**
 * How far a comparison has come: it ends with the first of its {@link looks} that decides it over both kinds of
 * connections. All turns up to there count, none is taken back.
 */
export function lookedAt(plan: LatencyPlan, turns: Readonly<Record<Arm, readonly Turn[]>>): Looked {
  const lost = connections.flatMap((kind) => arms.map((arm) => losses(turns[arm], kind).length));
  // A path that is known to lose is not asked any further: each loss may cost a window of silence.
  const losing = Math.max(...lost) >= enoughLost;
  const measured = Math.min(...connections.map((kind) => paired(turns.path, turns.baseline, kind).length));
  const decided = (pairs: number) => {
    const judge = new Judge();
    // What k6 and the machine lacked is known when both have ended, and more turns would not take it away.
    for (const kind of connections) judgeLatency(judge, comparison(kind, plan, turns, [], pairs));
    return resultOf(judge.judgement) !== 'inconclusive';
  };
  const pairs = looks.find((look) => measured < look || Math.max(...lost) > 0 || decided(look)) ?? mostPairs;
  return { pairs, enough: losing || measured >= pairs };
}
