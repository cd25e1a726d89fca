import { leftOpen } from '@netproof/core';
import type { CheckReport, Kill, MergedKills } from './model.ts';
import { isBaseline, isRecorded } from './outcome.ts';

/** How a cell of the kill matrix came out. */
export type KillState = keyof MergedKills;

export function stateOf({ expectation, result, asExpected, askedAgain }: Omit<Kill, 'cluster'>): KillState {
  if (result === 'not-applicable') return 'notApplicable';
  if (asExpected) return 'expected';
  if (askedAgain) return 'open';
  return leftOpen(expectation, result) ? 'open' : 'unexpected';
}

export function countKills(kills: readonly Kill[]): MergedKills {
  const count = (state: KillState) => kills.filter((kill) => stateOf(kill) === state).length;
  return {
    expected: count('expected'),
    unexpected: count('unexpected'),
    open: count('open'),
    notApplicable: count('notApplicable'),
  };
}

/** A check that was not proved, and why: `no fault was tried that must turn it red`. */
export interface Unproved {
  readonly check: string;
  readonly why: string;
}

/**
 * A check is proved when it was seen green without a fault and red under one that must redden it. That it did not
 * know what it could not see says nothing of the network. One that is known to fail was not tried.
 */
export function unproved(kills: readonly Kill[], checks: readonly CheckReport[] = []): readonly Unproved[] {
  const byCheck = Map.groupBy(
    kills.filter(({ result }) => result !== 'not-applicable'),
    ({ check }) => check,
  );
  const known = checks.filter(({ outcomes }) => outcomes.some(isRecorded));
  return [
    ...[...byCheck].flatMap(([check, own]) => {
      const why = lackOf(own);
      return why === undefined ? [] : [{ check, why }];
    }),
    ...known.map(({ id }) => ({ check: id, why: 'it is recorded as known to fail here' })),
  ];
}

function lackOf(own: readonly Kill[]): string | undefined {
  const faults = (expectation: Kill['expectation']) => [
    ...new Set(own.filter((kill) => kill.expectation === expectation).map(({ fault }) => fault)),
  ];
  const must = faults('must');
  if (must.length === 0) {
    const [clouded] = faults('clouded');
    const only = clouded === undefined ? '' : `, only ${clouded}, which takes its sight`;
    return `no fault was tried that must turn it red${only}`;
  }
  const red = own.some(
    ({ expectation, result, asExpected }) => expectation === 'must' && result === 'fail' && asExpected,
  );
  if (!red) return `it did not turn red under ${must.join(' or ')}`;
  return own.some((kill) => isBaseline(kill) && kill.result === 'pass')
    ? undefined
    : 'it did not pass without a fault';
}
