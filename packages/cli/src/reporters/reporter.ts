import type { Told, Ui } from '@netproof/runner';
import type { Reported } from '../commands/reporting.ts';

/** What programs are told: a check that there is, a result, how a cluster ended, how all of it ended. */
export type Said =
  | Told
  | { readonly event: 'listed'; readonly check: string; readonly requirement: string }
  | ({ readonly event: 'cluster-ended' } & Reported)
  | ({ readonly event: 'run-ended'; readonly exit: number } & Pick<Reported, 'totals' | 'html'>);

/** Shows a run while it goes on. */
export interface Reporter extends Ui {
  /** @param text empty where only programs are told */
  line(text: string, said?: Said): void;
}
