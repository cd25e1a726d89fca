import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { CheckReport, ClusterFacts, Outcome, ReportModel } from '../model.ts';
import { isBaseline, standing } from '../outcome.ts';
import { expectations } from '../words.ts';
import { evidence, evidenceInWords, findings } from './evidence.ts';
import { anchor, badge, breakable, citation, facts, names } from './parts.ts';

/** Every check: the requirement once, then what came of it, cluster by cluster. */
export function checks({ checks, clusters }: ReportModel): Html {
  return html`<section id="checks" aria-labelledby="checks-h"><h2 id="checks-h">Checks</h2>
${checks.map(
  (check) => html`<article class="check" id="${anchor(check.id)}" aria-label="${check.id}">
<header><h3><code>${breakable(check.id)}</code></h3></header>
<p class="requirement">${check.requirement}</p>
<div class="body"><div class="side">${facts([
    ['Specified in', citation(check.source)],
    ['Covers', names(check.covers)],
    ['Must fail under', names(check.must)],
    ['May fail under', names(check.may)],
  ])}</div>
<div class="main">${clusters.map((cluster) => onCluster(check, cluster))}</div></div>
</article>`,
)}
</section>`;
}

function onCluster(check: CheckReport, cluster: ClusterFacts): Html | undefined {
  const outcome = standing(check.outcomes, cluster.name);
  if (outcome === undefined) return undefined;
  const others = check.outcomes.filter((other) => other.cluster === cluster.name && other !== outcome);
  const what = evidenceInWords(outcome);
  return html`<section class="outcome" id="${anchor(check.id, cluster.name)}" aria-label="${check.id} on ${cluster.name}">
<h4>${badge(outcome.result)} <span>on ${cluster.name}</span> <span class="sub">${summary(outcome)}</span></h4>
${outcome.reason !== undefined && html`<p class="reason">${outcome.reason}</p>`}
${findings(outcome, cluster)}
${what !== '' && html`<details class="evidence"${outcome.result !== 'pass' && html` open`}><summary>Evidence: ${what}</summary>${evidence(outcome)}</details>`}
${others.length > 0 && html`<h5>Other runs of this check</h5>${others.map((other) => otherRun(check, other, cluster))}`}
${outcome.again !== undefined && html`<p class="again"><span class="sub">Again:</span> <code>${outcome.again}</code></p>`}
</section>`;
}

function summary({ ms, judged }: Outcome): string {
  return [ms !== undefined && duration(ms), judged > 0 && `${count(judged, 'fact')} judged`]
    .filter((part) => part !== false)
    .join(', ');
}

/** A run of the check that does not stand for it: under a fault, or once more after one. */
function otherRun(check: CheckReport, outcome: Outcome, cluster: ClusterFacts): Html {
  return html`<details class="evidence"><summary>${badge(outcome.result)} ${occasion(check, outcome)} <span class="sub">${summary(outcome)}</span></summary>
${findings(outcome, cluster)}${evidence(outcome)}</details>`;
}

function occasion({ outcomes, must, may }: CheckReport, outcome: Outcome): Html {
  if (isBaseline(outcome)) {
    const before = outcomes.slice(0, outcomes.indexOf(outcome)).findLast((one) => !isBaseline(one));
    return before ? html`after <code>${before.fault}</code> was reverted` : html`before the first fault`;
  }
  const { fault = '' } = outcome;
  const expectation = must.includes(fault) ? 'must' : may.includes(fault) ? 'may' : 'never';
  return html`under <code>${fault}</code>, ${expectations[expectation]}`;
}
