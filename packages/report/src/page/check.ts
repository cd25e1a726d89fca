import type { EvidenceFiles } from '../evidence-files.ts';
import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { CheckReport, ClusterFacts, Kill, Outcome, ReportModel, ShownWord } from '../model.ts';
import { byBadness, isBaseline, shown, standing } from '../outcome.ts';
import { expectations, moved } from '../words.ts';
import { divergence } from './divergence.ts';
import { detects, evidence } from './evidence.ts';
import { findings } from './findings.ts';
import { kept } from './kept.ts';
import { anchor, badge, breakable, citation, facts, names } from './parts.ts';
import { where } from './where.ts';

/** A check and its cells of the kill matrix. */
type Tried = Pick<Standing, 'check' | 'kills'>;

/** A check with what stands for it on each cluster, in the clusters' order. */
interface Standing {
  readonly check: CheckReport;
  readonly kills: readonly Kill[];
  readonly outcomes: readonly (readonly [ClusterFacts, Outcome])[];
}

/** Every check: the requirement once, then what came of it, cluster by cluster. What is wrong comes first. */
export function checks({ checks, clusters, killMatrix = [] }: ReportModel, files: EvidenceFiles): Html {
  const all = checks.map((check): Standing => {
    const outcomes = clusters.flatMap((cluster) => {
      const outcome = standing(check.outcomes, cluster.name);
      return outcome ? [[cluster, outcome] as const] : [];
    });
    return { check, outcomes, kills: killMatrix.filter((kill) => kill.check === check.id) };
  });
  const isWell = ({ outcomes }: Standing) => outcomes.every(([, outcome]) => wells.includes(shown(outcome)));
  return html`<section id="checks" aria-labelledby="checks-h"><h2 id="checks-h">Checks</h2>
${all.filter((one) => !isWell(one)).map((one) => article(one, files))}
${all.filter(isWell).map((one) => folded(one, files))}
</section>`;
}

const wells: readonly ShownWord[] = ['pass', 'observed', 'not-applicable'];

/** Open, because somebody has to read it. */
function article(one: Standing, files: EvidenceFiles): Html {
  const { id } = one.check;
  return html`<article class="check" aria-label="${id}">
<header><h3 id="${anchor(id)}"><code>${breakable(id)}</code></h3></header>
<p class="requirement">${one.check.requirement}</p>
${body(one, files)}
</article>
`;
}

/** In one line. A link to a place inside it unfolds it. */
function folded(one: Standing, files: EvidenceFiles): Html {
  const { check, outcomes } = one;
  const worst = outcomes.map(([, outcome]) => outcome).toSorted(byBadness)[0];
  const about =
    outcomes.length === 1 && worst ? [summary(worst), detects(worst)].filter(Boolean).join('; ') : '';
  return html`<details class="check"><summary>${worst && badge(shown(worst))} <code>${breakable(check.id)}</code> <span class="sub">${about}<br>${check.requirement}</span></summary>
<div class="unfolded" id="${anchor(check.id)}">${body(one, files)}</div>
</details>
`;
}

function body({ check, outcomes, kills }: Standing, files: EvidenceFiles): Html {
  return html`<div class="body"><div class="side">${facts([
    ['Specified in', citation(check.source)],
    ['Covers', names(check.covers)],
    ['Must fail under', names(check.must)],
    ['May fail under', names(check.may)],
    ['Must say that it does not know under', names(check.cloudedBy ?? [])],
    ['Must show in what it measures', names(Object.keys(check.movedBy ?? {}))],
  ])}</div>
<div class="main">${outcomes.map(([cluster, outcome]) => onCluster({ check, kills }, outcome, cluster, files))}</div></div>`;
}

function onCluster(tried: Tried, outcome: Outcome, cluster: ClusterFacts, files: EvidenceFiles): Html {
  const { check } = tried;
  const others = check.outcomes.filter((other) => other.cluster === cluster.name && other !== outcome);
  return html`<section class="outcome" id="${anchor(check.id, cluster.name)}" aria-label="${check.id} on ${cluster.name}">
<h4>${badge(shown(outcome))} <span>on ${cluster.name}</span> <span class="sub">${summary(outcome)}</span></h4>
${outcome.reason !== undefined && html`<p class="reason">${outcome.reason}</p>`}
${divergence(outcome)}
${whatCame(outcome, cluster, files)}
${others.length > 0 && html`<h5>Other runs of this check</h5>${others.map((other) => otherRun(tried, other, cluster, files))}`}
</section>`;
}

/** Where it broke first, then why, then what to do about it, then all that was seen. */
function whatCame(outcome: Outcome, cluster: ClusterFacts, files: EvidenceFiles): Html {
  const broke = where(outcome, cluster);
  const found = detects(outcome);
  return html`${found !== undefined && html`<p class="detects">Would have found: ${found}.</p>`}
${broke && html`<p class="where">${broke}</p>`}
${findings(outcome, cluster)}
${kept(outcome, files, cluster)}
${evidence(outcome, cluster)}`;
}

function summary({ ms, judged }: Outcome): string {
  return [ms !== undefined && duration(ms), judged > 0 && `${count(judged, 'fact')} judged`]
    .filter((part) => part !== false)
    .join(', ');
}

/**
 * A run of the check that does not stand for it: under a fault, or once more after one. What passed is one line: a
 * proof has hundreds of them, and their probes are in the journal.
 */
function otherRun(tried: Tried, outcome: Outcome, cluster: ClusterFacts, files: EvidenceFiles): Html {
  const { check } = tried;
  const head = html`${badge(outcome.result)} ${occasion(tried, outcome)} <span class="sub">${summary(outcome)}</span>`;
  if (outcome.result === 'pass') return html`<p class="other">${head}</p>`;
  return html`<details class="other"><summary>${head}</summary>
<div${!isBaseline(outcome) && html` id="${anchor(check.id, cluster.name, outcome)}"`}>${whatCame(outcome, cluster, files)}</div></details>`;
}

function occasion({ check, kills }: Tried, outcome: Outcome): Html {
  const { outcomes } = check;
  if (isBaseline(outcome)) {
    const before = outcomes.slice(0, outcomes.indexOf(outcome)).findLast((one) => !isBaseline(one));
    return before ? html`after <code>${before.fault}</code> was reverted` : html`before the first fault`;
  }
  // Without one the run ended here.
  const kill = kills.find(({ fault }) => fault === outcome.fault);
  return html`under <code>${outcome.fault}</code>${kill && html`, ${expectations[kill.expectation]}${moved(kill)}`}`;
}
