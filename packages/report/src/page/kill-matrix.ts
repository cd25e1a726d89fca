import { leftOpen } from '@netproof/core';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Kill, ReportModel } from '../model.ts';
import { isBaseline } from '../outcome.ts';
import { expectations, signs } from '../words.ts';
import { anchor, breakable, scrolling } from './parts.ts';

/** Faults down, checks across: what each check must do under each fault, and what it did. */
export function killMatrix({ killMatrix, clusters }: ReportModel): Html | undefined {
  if (killMatrix === undefined || killMatrix.length === 0) return undefined;
  const seen = new Map(killMatrix.map((kill) => markOf([kill])).map((mark) => [mark.kind, mark]));
  return html`<section id="kills" aria-labelledby="kills-h"><h2 id="kills-h">Kill matrix</h2>
<p class="intro">Each fault was put into the cluster on purpose. A check proves something only if the faults that concern it turn it red, and no other does.</p>
${clusters.map((cluster) =>
  ofCluster(
    cluster,
    killMatrix.filter((kill) => kill.cluster === cluster.name),
    clusters.length > 1,
  ),
)}
<ul class="legend">${[...seen.values()].map(({ kind, letter }) => html`<li><span class="key sq ${kind}">${letter}</span> ${meanings[kind]}</li>`)}</ul>
</section>`;
}

function ofCluster(cluster: ClusterFacts, kills: readonly Kill[], several: boolean): Html | undefined {
  if (kills.length === 0) return undefined;
  const checks = [...new Set(kills.map(({ check }) => check))];
  const byFault = Map.groupBy(kills, (kill) => (isBaseline(kill) ? 'none' : kill.fault));
  return html`${several && html`<h3>${cluster.name}</h3>`}
${scrolling(
  `Kill matrix of ${cluster.name}`,
  html`<table class="kills squares" aria-label="Kill matrix of ${cluster.name}">
<thead><tr><th scope="col" class="corner">Fault</th>${checks.map((check) => html`<th scope="col" class="up"><span><a href="#${anchor(check)}"><code>${breakable(check)}</code></a></span></th>`)}</tr></thead>
<tbody>${[...byFault].map(
    ([
      fault,
      round,
    ]) => html`<tr><th scope="row">${occasion(fault, cluster)}</th>${checks.map((check) => square(round.filter((kill) => kill.check === check)))}</tr>
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

function occasion(fault: string, { faults }: ClusterFacts): Html {
  if (fault === 'none') {
    const after =
      faults.length > 0 ? ` and after each of ${count(faults.length, 'fault')} was taken out` : '';
    return html`<span class="quiet">none: before the first${after}</span>`;
  }
  const applied = faults.find((one) => one.fault === fault);
  return html`<code>${fault}</code>${
    applied &&
    html`<br><span class="sub">${applied.story}${
      applied.effect !== undefined && ` It changed traffic ${count(applied.effect, 'time')}.`
    }</span>`
  }`;
}

const meanings = {
  killed: 'fails, as it must',
  allowed: 'fails, as it may',
  kept: 'passes',
  open: 'not known, too much noise',
  unexpected: 'not as expected',
  'not-tried': 'does not apply here',
} as const;

interface Mark {
  readonly kind: keyof typeof meanings;
  readonly letter: string;
}

/** What a cell shows of all the rounds in which it was filled: the first that is not as expected, else the last. */
function markOf(kills: readonly Kill[]): Mark {
  const open = ({ expectation, result }: Kill) => leftOpen(expectation, result);
  const kill = kills.find((one) => !one.asExpected && !open(one)) ?? kills.find(open) ?? kills.at(-1);
  if (kill === undefined || kill.result === 'not-applicable') return { kind: 'not-tried', letter: '–' };
  const letter = { fail: 'F', pass: '✓' }[kill.result as string] ?? signs[kill.result].glyph;
  if (open(kill)) return { kind: 'open', letter };
  if (!kill.asExpected) return { kind: 'unexpected', letter: `✗${kill.result === 'pass' ? 'P' : letter}` };
  if (kill.result !== 'fail') return { kind: 'kept', letter };
  return kill.expectation === 'must' ? { kind: 'killed', letter } : { kind: 'allowed', letter: 'f' };
}

function square(kills: readonly Kill[]): Html {
  const { kind, letter } = markOf(kills);
  const wrong = kills.filter((kill) => !kill.asExpected && !leftOpen(kill.expectation, kill.result));
  const shown = wrong[0] ?? kills.at(-1);
  if (shown === undefined) return html`<td title="not tried"></td>`;
  const rounds =
    kills.length > 1
      ? ` (${wrong.length > 0 ? `so in ${wrong.length} of` : 'in each of'} ${kills.length} rounds)`
      : '';
  return html`<td class="sq ${kind}" title="${shown.check}, ${shown.fault}: ${expectations[shown.expectation]}, ${signs[shown.result].word}${rounds}">${letter}</td>`;
}
