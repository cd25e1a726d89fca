import { number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Merged, MergedCheck, MergedRun, Outcome, ShownWord } from '../model.ts';
import { failsFirst, shown } from '../outcome.ts';
import { divergence } from './divergence.ts';
import { nameOf, pageOf } from './merged-parts.ts';
import { badge, breakable, shorten } from './parts.ts';
import { where } from './where.ts';

/** What a check came to that somebody has to look at, the worst first. What never ran is told once, in the verdict. */
const unwelcome: readonly ShownWord[] = [
  'fail',
  'unexpected-pass',
  'error',
  'unfinished',
  'inconclusive',
  'known',
];

/** How many findings of a check on a cluster are told here; its own report has all. */
const most = 3;

/** What is not as required, check by check, with the clusters on which it is so. */
export function mergedFindings({ checks, runs }: Merged): Html | undefined {
  const wrong = checks.flatMap((check) => {
    const where = runs.flatMap((run, at) => {
      const outcome = check.outcomes[at];
      return outcome && unwelcome.includes(shown(outcome)) ? [{ run, outcome }] : [];
    });
    return where.length > 0 ? [{ check, where }] : [];
  });
  if (wrong.length === 0) return undefined;
  const worst = ({ where }: (typeof wrong)[number]) =>
    Math.min(...where.map(({ outcome }) => unwelcome.indexOf(shown(outcome))));
  return html`<section id="findings" aria-labelledby="findings-h"><h2 id="findings-h">Findings</h2>
${wrong
  .toSorted((a, b) => worst(a) - worst(b))
  .map(
    ({ check, where }) => html`<article class="check" aria-label="${check.id}">
<h3><code>${breakable(check.id)}</code></h3>
<p class="requirement">${check.requirement}</p>
${where.map(({ run, outcome }) => onRun(check, run, outcome))}</article>
`,
  )}</section>`;
}

function onRun(check: MergedCheck, run: MergedRun, outcome: Outcome): Html {
  const [cluster] = run.model.clusters;
  const broke = where(outcome, cluster);
  const messages = failsFirst(outcome.findings).map(({ message }) => shorten(message, cluster));
  const more = messages.length - most;
  return html`<section class="outcome" aria-label="${check.id} on ${run.name}">
<h4>${badge(shown(outcome))} <span>on ${nameOf(run)}</span> <a class="sub" href="${pageOf(run, check)}">all that was seen</a></h4>
${outcome.reason !== undefined && html`<p class="reason">${outcome.reason}</p>`}
${divergence(outcome)}
${broke && html`<p class="where">${broke}</p>`}
${messages.length > 0 && html`<ul class="findings">${messages.slice(0, most).map((message) => html`<li class="message">${message}</li>`)}${more > 0 && html`<li class="quiet">and ${number(more)} more</li>`}</ul>`}
${outcome.again !== undefined && html`<p class="again"><span class="sub">Again:</span> <code class="copy">${outcome.again}</code></p>`}
</section>`;
}
