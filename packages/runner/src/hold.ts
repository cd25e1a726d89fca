import type { Milliseconds } from '@netproof/core';

/** That a run has a cluster which others may take when nothing is heard of it. */
export interface Hold {
  /** Aborts, with the error to tell, when another run took the cluster. */
  readonly lost: AbortSignal;
  /** Whom to tell, by {@link now}, when the hold was last renewed: at once, and each time that it was renewed. */
  onRenewal(listener: (at: Milliseconds) => void): void;
  /** Renews it out of turn: who stood still may have lost it and not have heard. Never rejects. */
  confirm(): Promise<void>;
}

/** By the clock that all processes of this machine share, and which nobody sets. */
export const now = (): Milliseconds => Number(process.hrtime.bigint() / 1_000_000n);
