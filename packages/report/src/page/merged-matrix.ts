import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { countKills } from '../kills.ts';
import type { Merged, MergedCheck, MergedRun } from '../model.ts';
import { byBadness, gistOf, shown } from '../outcome.ts';
import { type SuiteRow, suitesOf, tallyOf, wordOf } from '../suite-rows.ts';
import { outcomeWords, signs } from '../words.ts';
import { gistOfKills } from './kill-matrix.ts';
import { nameOf, pageOf } from './merged-parts.ts';
import { badge, breakable, scrolling } from './parts.ts';

/** As many clusters stand side by side on a phone; more of them scroll. */
const most = 4;

/** Suites down, clusters across; a suite unfolds to its checks, and is unfolded where one of them is wrong. */
export function suiteMatrix(merged: Merged): Html {
  const { runs } = merged;
  const proofs = runs.some(({ model }) => model.killMatrix !== undefined);
  return html`<section id="matrix" aria-labelledby="matrix-h"><h2 id="matrix-h">Suites × clusters</h2>
${scrolling(
  'Suites and clusters',
  html`<table class="suites${runs.length <= most && ' few'}" aria-label="Suites and clusters">
<colgroup><col class="rows">${runs.map(() => html`<col>`)}</colgroup>
<thead><tr><td></td>${runs.map(heading)}</tr></thead>
<tbody><tr><th scope="row">Verdict</th>${runs.map(verdict)}</tr></tbody>
${suitesOf(merged).map((suite) => rows(suite, runs))}
${proofs && html`<tbody><tr><th scope="row">Kill matrix</th>${runs.map(kills)}</tr></tbody>`}</table>`,
)}
</section>`;
}

function heading(run: MergedRun): Html {
  const { machine } = run.model.run;
  const [cluster] = run.model.clusters;
  const facts = cluster
    ? [`${cluster.cni} ${cluster.cniVersion}`, `kube-proxy ${cluster.kubeProxy}`, `kernel ${machine.kernel}`]
    : ['no cluster came up', `kernel ${machine.kernel}`];
  return html`<th scope="col">${nameOf(run)}${facts.map((fact) => html`<br><span class="sub">${fact}</span>`)}</th>`;
}

function verdict(run: MergedRun): Html {
  const { conclusion, run: facts } = run.model;
  const exit = facts.exit === undefined ? 'no exit code' : facts.exit > 0 && `exit code ${facts.exit}`;
  return html`<td class="came"><a class="plain" href="${pageOf(run)}">${badge(conclusion.result)}</a>${exit && html` <span class="sub">${exit}</span>`}</td>`;
}

function rows({ suite, checks }: SuiteRow, runs: readonly MergedRun[]): Html {
  const wrong = checks.some(({ outcomes }) =>
    outcomes.some((outcome) => outcome && ['fail', 'unexpected-pass'].includes(shown(outcome))),
  );
  return html`<tbody><tr><th scope="row"><details${wrong && html` open`}><summary>${suite} <span class="sub">${count(checks.length, 'check')}</span></summary></details></th>${runs.map((run, at) => ofSuite(checks, run, at))}</tr>
${checks.map(
  (
    check,
  ) => html`<tr class="one"><th scope="row"><code title="${check.requirement}">${breakable(check.id.slice(suite.length + 1) || check.id)}</code></th>${runs.map((run, at) => ofCheck(check, run, at))}</tr>
`,
)}</tbody>
`;
}

function ofSuite(checks: readonly MergedCheck[], run: MergedRun, at: number): Html {
  const { worst, many, of, rest } = tallyOf(checks.map(({ outcomes }) => wordOf(run, outcomes[at])));
  if (worst === undefined) return html`<td class="came quiet">not planned</td>`;
  const known = checks.flatMap((check) => {
    const outcome = check.outcomes[at];
    return outcome ? [{ check, outcome }] : [];
  });
  const [first] = known.toSorted((a, b) => byBadness(a.outcome, b.outcome));
  const whole = worst === 'pass' || worst === 'not-applicable';
  const figures = whole ? `${many}` : `${many} of ${of}`;
  const more = [outcomeWords[worst], ...rest.map((one) => `${one.many} ${outcomeWords[one.word]}`)].join(
    ', ',
  );
  return html`<td class="came"><a class="mark-of ${signs[worst].tone}" href="${pageOf(run, first?.check)}"><b><span aria-hidden="true">${signs[worst].glyph}</span>${worst !== 'not-applicable' && ` ${figures}`}</b> <span class="sub">${more}</span></a></td>`;
}

function ofCheck(check: MergedCheck, run: MergedRun, at: number): Html {
  const outcome = check.outcomes[at];
  const word = wordOf(run, outcome);
  if (word === undefined) return html`<td class="came quiet">not planned</td>`;
  const why = outcome && gistOf(outcome);
  return html`<td class="came"><a class="plain" href="${pageOf(run, outcome && check)}"${why !== undefined && html` title="${why}"`}>${badge(word)}</a>${
    outcome?.ms !== undefined && html` <span class="time">${duration(outcome.ms)}</span>`
  }</td>`;
}

function kills(run: MergedRun): Html {
  const all = run.model.killMatrix;
  if (all === undefined) return html`<td class="came quiet">not tried</td>`;
  const { unexpected, open } = countKills(all);
  const { glyph, tone } = signs[unexpected > 0 ? 'fail' : open > 0 ? 'inconclusive' : 'pass'];
  return html`<td class="came"><a class="mark-of ${tone}" href="${pageOf(run)}#kills"><b aria-hidden="true">${glyph}</b> <span class="sub">${gistOfKills(all)}</span></a></td>`;
}
