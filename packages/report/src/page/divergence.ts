import { describeDivergence } from '@netproof/core';
import { type Html, html } from '../html.ts';
import type { Outcome } from '../model.ts';
import { citation } from './parts.ts';

/** What the cluster records of a check that failed, or passed though it is known to fail, and where that is told. */
export function divergence(outcome: Outcome): Html | undefined {
  const note = describeDivergence(outcome);
  if (note === undefined || outcome.divergence === undefined) return undefined;
  return html`<p class="reason">${note} (${citation(outcome.divergence.reference)})</p>`;
}
