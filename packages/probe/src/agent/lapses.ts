import { Overflows } from './overflow.ts';
import { Stalls } from './stalls.ts';

/** What an agent may have missed, watched from before its servers listen. */
export class Lapses {
  readonly stalls = new Stalls();
  readonly overflows = new Overflows();

  stop(): void {
    this.stalls.stop();
    this.overflows.stop();
  }
}
