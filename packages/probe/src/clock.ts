import type { Milliseconds } from '@netproof/core';
import type { AgentStream } from './agent-stream.ts';

/** What must be added to an agent's `performance.now()` to have ours, and how far that may be off. */
export interface Clock {
  readonly ahead: Milliseconds;
  readonly uncertainty: Milliseconds;
  /** Which life of the agent has that clock. */
  readonly boot: string;
}

/** The best of so many; the first may find the stream's path cold. */
const rounds = 8;

/**
 * Asks an agent for its clock several times. It read it between our asking and its answer, so the shortest round
 * trip tells most, and half of it is the doubt (RFC 5905, 8).
 *
 * @returns the clock, or why there is none
 */
export async function clockOf(stream: AgentStream): Promise<Clock | string> {
  let best: Clock | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const asked = performance.now();
    const answer = await stream.ask<'clock'>({ verb: 'clock' }, 0);
    const heard = performance.now();
    if (!answer.ok) return answer.reason;
    const uncertainty = (heard - asked) / 2;
    const { boot } = answer;
    if (best === undefined || best.boot !== boot || uncertainty < best.uncertainty)
      best = { ahead: asked + uncertainty - answer.result.now, uncertainty, boot };
  }
  return best ?? 'its clock was not asked for';
}

/** Two readings as one: the sharper, where both can be true; where the clocks went apart, all between them. */
export function joined(a: Clock, b: Clock): Clock {
  const apart = Math.abs(a.ahead - b.ahead);
  if (apart <= a.uncertainty + b.uncertainty) return a.uncertainty <= b.uncertainty ? a : b;
  const low = Math.min(a.ahead - a.uncertainty, b.ahead - b.uncertainty);
  const high = Math.max(a.ahead + a.uncertainty, b.ahead + b.uncertainty);
  return { ahead: (low + high) / 2, uncertainty: (high - low) / 2, boot: b.boot };
}
