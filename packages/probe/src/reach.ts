import type { bounds, Milliseconds } from '@netproof/core';
import type { AgentStream } from './agent-stream.ts';

/** The bounds of core that probing keeps to. */
export type Timing = Readonly<
  Record<
    Extract<
      keyof typeof bounds,
      | 'silence'
      | 'nextAttempt'
      | 'dnsAnswer'
      | 'starvation'
      | 'keptPace'
      | 'keptSilence'
      | 'trySilence'
      | 'tryPace'
      | 'heartbeat'
      | 'streamSilence'
      | 'streamReturn'
      | 'agentAnswer'
    >,
    Milliseconds
  >
>;

/** The reason where an agent had no CPU: nothing is known, and nothing is broken either. */
export const starved = 'starved';

/** What matrices, samples and lookups work with. */
export interface Reach {
  /** By the ids of their endpoints. */
  readonly streams: ReadonlyMap<string, AgentStream>;
  readonly timing: Timing;
}
