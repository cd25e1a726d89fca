import { clustersOrRuns } from '../conclude-all.ts';
import { type Html, html } from '../html.ts';
import type { Merged } from '../model.ts';
import { signs } from '../words.ts';
import { nameOf } from './merged-parts.ts';
import { badge } from './parts.ts';

/** Who passed, and the totals of all. */
export function mergedVerdict(merged: Merged): Html {
  const { conclusion, totals } = merged;
  const sign = signs[conclusion.result];
  return html`<section id="verdict" aria-labelledby="verdict-h">
<h1 id="verdict-h">${mergedTitle(merged)}</h1>
<div class="sums"><div class="verdict ${sign.tone}"><p class="word"><span aria-hidden="true">${sign.glyph}</span> ${sign.word}</p>
<p class="sentence">${conclusion.sentence}</p></div>
<ul class="totals">
<li><b>${totals.passed}</b> passed</li><li><b>${totals.failed}</b> failed</li><li><b>${totals.skipped}</b> skipped</li>${totals.known !== undefined && html`<li><b>${totals.known}</b> known to fail</li>`}
</ul></div>
</section>`;
}

/** How each run ended that did not pass, in its own words. */
export function endings({ runs }: Merged): Html | undefined {
  const others = runs.filter(({ model }) => model.conclusion.result !== 'pass');
  if (others.length === 0) return undefined;
  return html`<section id="endings" aria-labelledby="endings-h"><h2 id="endings-h">What did not pass</h2>
<ul class="endings">${others.map((run) => {
    const { result, sentence } = run.model.conclusion;
    return html`<li>${badge(result)} <b>${nameOf(run)}</b> <span class="sentence">${sentence}</span></li>`;
  })}</ul>
</section>`;
}

/** For the heading and the window's title. */
export function mergedTitle({ runs }: Merged): string {
  const what = clustersOrRuns(runs);
  return `Network conformance of ${runs.length} ${runs.length === 1 ? what.slice(0, -1) : what}`;
}
