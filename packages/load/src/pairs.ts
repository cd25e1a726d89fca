import type { Connections } from '@netproof/core';
import { quantile } from '@netproof/stats';
import type { Turn } from './arm.ts';

export interface PairOfTurns {
  readonly path: Turn;
  readonly baseline: Turn;
}

/** Turns of one pair, 2p and 2p + 1, in which both arms measured something. Alone, a turn says nothing. */
export function paired(
  path: readonly Turn[],
  baseline: readonly Turn[],
  kind: Connections,
): readonly PairOfTurns[] {
  const pairOf = ({ turn }: Turn) => Math.floor(turn / 2);
  const measured = (turn: Turn) => turn[kind].times.length > 0;
  const others = new Map(baseline.map((turn) => [pairOf(turn), turn]));
  return path.flatMap((turn) => {
    const other = others.get(pairOf(turn));
    return other && measured(turn) && measured(other) ? [{ path: turn, baseline: other }] : [];
  });
}

/** Turns in which a request was lost. */
export function losses(turns: readonly Turn[], kind: Connections): readonly string[] {
  return turns.flatMap((turn) => turn[kind].lost ?? []);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
