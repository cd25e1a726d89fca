import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Kill, ReportModel } from '../model.ts';
import { isBaseline } from '../outcome.ts';
import { expectations, signs } from '../words.ts';
import { anchor, breakable, scrolling } from './parts.ts';

/** Faults down, checks across: what each check must do under each fault, and what it did. */
export function killMatrix({ killMatrix, clusters }: ReportModel): Html | undefined {
  if (killMatrix === undefined || killMatrix.length === 0) return undefined;
  return html`<section id="kills" aria-labelledby="kills-h"><h2 id="kills-h">Kill matrix</h2>
<p class="intro">Each fault was put into the cluster on purpose. A check proves something only if the faults that concern it turn it red, and no other does.</p>
${clusters.map((cluster) =>
  ofCluster(
    cluster,
    killMatrix.filter((kill) => kill.cluster === cluster.name),
    clusters.length > 1,
  ),
)}
<ul class="legend"><li><span class="key killed">FAIL</span> red, as it must be</li><li><span class="key kept">PASS</span> green, as it must be</li><li><span class="key unexpected">✗</span> not as expected</li></ul>
</section>`;
}

function ofCluster(cluster: ClusterFacts, kills: readonly Kill[], several: boolean): Html | undefined {
  if (kills.length === 0) return undefined;
  const checks = [...new Set(kills.map(({ check }) => check))];
  return html`${several && html`<h3>${cluster.name}</h3>`}
${scrolling(
  `Kill matrix of ${cluster.name}`,
  html`<table class="kills" aria-label="Kill matrix of ${cluster.name}">
<thead><tr><th scope="col">Fault</th>${checks.map((check) => html`<th scope="col"><a href="#${anchor(check)}"><code>${breakable(check)}</code></a></th>`)}</tr></thead>
<tbody>${rounds(kills).map(
    (
      round,
      at,
      all,
    ) => html`<tr><th scope="row">${occasion(round, all[at - 1], cluster)}</th>${checks.map((check) => killCell(round.find((kill) => kill.check === check)))}</tr>
`,
  )}</tbody></table>`,
)}${unproved(checks, kills)}`;
}

/** A check is proved by a fault that must turn it red; without one its green says nothing. */
function unproved(checks: readonly string[], kills: readonly Kill[]): Html | undefined {
  const bare = checks.filter(
    (check) => !kills.some((kill) => kill.check === check && kill.expectation === 'must'),
  );
  if (bare.length === 0) return undefined;
  return html`<p class="where"><strong>Not proved:</strong> no fault was tried that must turn red ${bare.map((check, at) => [at > 0 && ', ', html`<code>${check}</code>`])}.</p>`;
}

/** The cells as they were filled: a row ends where the fault changes. */
function rounds(kills: readonly Kill[]): readonly (readonly Kill[])[] {
  const rows: Kill[][] = [];
  for (const kill of kills) {
    const row = rows.at(-1);
    if (row?.[0]?.fault === kill.fault) row.push(kill);
    else rows.push([kill]);
  }
  return rows;
}

function occasion(
  [kill]: readonly Kill[],
  before: readonly Kill[] | undefined,
  { faults }: ClusterFacts,
): Html | undefined {
  if (kill === undefined) return undefined;
  if (isBaseline(kill)) {
    const when = before?.[0] ? html`after <code>${before[0].fault}</code> was reverted` : 'before the first';
    return html`<span class="quiet">none, ${when}</span>`;
  }
  const fault = faults.find((one) => one.fault === kill.fault);
  return html`<code>${kill.fault}</code>${
    fault &&
    html`<br><span class="sub">${fault.story}${
      fault.effect !== undefined && ` It changed traffic ${count(fault.effect, 'time')}.`
    }</span>`
  }`;
}

function killCell(kill: Kill | undefined): Html {
  if (kill === undefined) return html`<td class="quiet">not tried</td>`;
  const kind = !kill.asExpected ? 'unexpected' : kill.result === 'fail' ? 'killed' : 'kept';
  return html`<td class="${kind}"><strong>${!kill.asExpected && '✗ '}${signs[kill.result].word}</strong><br><span class="sub">${expectations[kill.expectation]}${!kill.asExpected && ', unexpected'}</span></td>`;
}
