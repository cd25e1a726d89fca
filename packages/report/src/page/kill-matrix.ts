import { count, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import { countKills, stateOf, unproved } from '../kills.ts';
import type { CheckReport, ClusterFacts, Kill, ReportModel } from '../model.ts';
import { isBaseline } from '../outcome.ts';
import { expectations, moved, signs } from '../words.ts';
import { anchor, breakable, scrolling } from './parts.ts';

/** Faults down, checks across: what each check must do under each fault, and what it did. */
export function killMatrix({ killMatrix, clusters, checks }: ReportModel): Html | undefined {
  if (killMatrix === undefined || killMatrix.length === 0) return undefined;
  const seen = new Map(killMatrix.map((kill) => markOf([kill])).map((mark) => [mark.kind, mark]));
  const measured = killMatrix.some(({ expectation }) => expectation === 'moves');
  const sightless = killMatrix.some(({ expectation }) => ['clouded', 'may-cloud'].includes(expectation));
  return html`<section id="kills" aria-labelledby="kills-h"><h2 id="kills-h">Kill matrix</h2>
<p class="intro">Each fault was put into the cluster on purpose. A check proves something only if the faults that concern it turn it red, and no other does.${sightless && ' Under one that takes its sight and leaves the network right it may say that it does not know, and nothing may be red.'}${measured && ' What only takes longer turns nothing red: it must show in what a check measures.'}</p>
${clusters.map((cluster) =>
  ofCluster(
    cluster,
    killMatrix.filter((kill) => kill.cluster === cluster.name),
    checks,
  ),
)}
<ul class="legend">${[...seen.values()].map(({ kind, letter }) => html`<li><span class="key sq ${kind}">${letter}</span> ${meanings[kind]}</li>`)}</ul>
</section>`;
}

function ofCluster(
  cluster: ClusterFacts,
  kills: readonly Kill[],
  reports: readonly CheckReport[],
): Html | undefined {
  if (kills.length === 0) return undefined;
  const checks = [...new Set(kills.map(({ check }) => check))];
  const byFault = Map.groupBy(kills, (kill) => (isBaseline(kill) ? 'none' : kill.fault));
  return html`${scrolling(
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
  )}${notProved(kills, reports)}`;
}

/** `474 cells as expected, 0 not`, with those that were left open or do not apply. */
export function gistOfKills(kills: readonly Kill[]): string {
  const { expected, unexpected, open, notApplicable } = countKills(kills);
  const more = [
    open > 0 && `${number(open)} left open`,
    notApplicable > 0 && `${number(notApplicable)} not applicable`,
  ].filter((part) => part !== false);
  return [`${count(expected, 'cell')} as expected, ${number(unexpected)} not`, ...more].join(', ');
}

/** A check's green says nothing where it was not proved. */
function notProved(kills: readonly Kill[], reports: readonly CheckReport[]): Html | undefined {
  const all = unproved(kills, reports);
  if (all.length === 0) return undefined;
  return html`<div class="where"><strong>Not proved:</strong><ul>${all.map(({ check, why }) => html`<li><code>${check}</code>: ${why}</li>`)}</ul></div>`;
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
      applied.effect !== undefined && ` It took effect ${count(applied.effect, 'time')}.`
    }</span>`
  }`;
}

const meanings = {
  killed: 'fails, as it must',
  allowed: 'fails, as it may',
  clouded: 'says that it does not know, as it must: the fault takes its sight',
  'may-cloud': 'says that it does not know, as it may',
  moved: 'passes, and what it measures shows the fault, as it must',
  kept: 'passes',
  open: 'not known: too much noise, or red though the fault met nothing of it',
  unexpected: 'not as expected',
  'not-tried': 'does not apply here',
} as const;

interface Mark {
  readonly kind: keyof typeof meanings;
  readonly letter: string;
}

/** What a check did as it was expected to, in other words than that it passed and nothing more. */
const marks: { readonly [E in Kill['expectation']]?: Mark } = {
  must: { kind: 'killed', letter: 'F' },
  may: { kind: 'allowed', letter: 'f' },
  clouded: { kind: 'clouded', letter: 'U' },
  'may-cloud': { kind: 'may-cloud', letter: 'u' },
  moves: { kind: 'moved', letter: 'M' },
};

/** What a cell shows of all the rounds in which it was filled: the first that is not as expected, else the last. */
function markOf(kills: readonly Kill[]): Mark {
  const first = (state: string) => kills.find((kill) => stateOf(kill) === state);
  const kill = first('unexpected') ?? first('open') ?? kills.at(-1);
  if (kill === undefined || stateOf(kill) === 'notApplicable') return { kind: 'not-tried', letter: '–' };
  if (stateOf(kill) === 'open') return { kind: 'open', letter: signs.inconclusive.glyph };
  const { glyph } = signs[kill.result];
  if (stateOf(kill) === 'expected')
    return kill.result === 'pass' && kill.expectation !== 'moves'
      ? { kind: 'kept', letter: glyph }
      : (marks[kill.expectation] ?? { kind: 'kept', letter: glyph });
  const letter = { fail: 'F', pass: 'P' }[kill.result as string] ?? glyph;
  return { kind: 'unexpected', letter: `✗${letter}` };
}

function square(all: readonly Kill[]): Html {
  const kills = all.filter(({ askedAgain }) => !askedAgain);
  const { kind, letter } = markOf(kills);
  const wrong = kills.filter((kill) => stateOf(kill) === 'unexpected');
  const shown = wrong[0] ?? kills.at(-1);
  if (shown === undefined) return html`<td title="not tried"></td>`;
  const rounds =
    kills.length > 1
      ? ` (${wrong.length > 0 ? `so in ${wrong.length} of` : 'in each of'} ${kills.length} rounds)`
      : '';
  return html`<td class="sq ${kind}" title="${shown.check}, ${shown.fault}: ${expectations[shown.expectation]}, ${signs[shown.result].word}${rounds}${kills.length < all.length ? '; undecided at first' : ''}${moved(shown)}">${letter}</td>`;
}
