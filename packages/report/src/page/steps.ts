import { stringify } from 'yaml';
import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { scrolling, shortNames } from './parts.ts';

type Step = Outcome['steps'][number];
type Grid = Step['grids'][number];

/** The steps of a check of isolation, in their order: the policies, how fast they were enforced, who reached whom. */
export function steps({ steps }: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (steps.length === 0) return undefined;
  return html`<h5>Steps</h5>${steps.map((step) => shown(step, cluster))}`;
}

function shown(step: Step, cluster: ClusterFacts | undefined): Html {
  const wrong = step.grids.some((grid) => wrongIn(grid).length > 0);
  const { curve, policies } = step;
  const labels = { ...step.podLabels, ...step.namespaceLabels };
  return html`<details class="step"${wrong && html` open`}><summary>${wrong ? '✗' : everRight(step) ? '✓' : '?'} ${step.title} <span class="sub">${convergence(step)}</span></summary>
${policies.map((policy) => html`<pre>${stringify(policy).trimEnd()}</pre>`)}
${
  Object.keys(labels).length > 0 &&
  html`<p class="sub">Labels set: ${Object.entries(labels)
    .map(([name, set]) => `${name} ${JSON.stringify(set)}`)
    .join(', ')}</p>`
}
<p class="sub">Samples after the change: ${curve
    .map(
      ({ ms, wrong, unknown }) =>
        `${duration(ms)}: ${wrong} otherwise${unknown > 0 ? `, ${unknown} not known` : ''}`,
    )
    .join('; ')}</p>
<div class="grids">${step.grids.map((grid) => matrix(grid, step, cluster))}</div></details>
`;
}

const everRight = ({ curve }: Pick<Step, 'curve'>) =>
  curve.find(({ wrong, unknown }) => wrong + unknown === 0);

function convergence({ curve, ms }: Step): string {
  const right = everRight({ curve });
  const when = right ? `as the policies say after ${duration(right.ms)}` : 'never as the policies say';
  return `${when}, ${count(curve.length, 'sample')} in ${duration(ms)}`;
}

/** Letters that stay readable in black and white: what is as expected, and what is not in bold with both. */
function matrix(
  { title, expected, observed }: Grid,
  { endpoints }: Step,
  cluster: ClusterFacts | undefined,
): Html {
  const short = shortNames(cluster?.nodes.map(({ name }) => name) ?? []);
  const size = endpoints.length;
  return scrolling(
    title,
    html`<table class="letters"><caption>${title}</caption>
<thead><tr><th scope="col">from, to</th>${endpoints.map(({ id }) => html`<th scope="col">${id}</th>`)}</tr></thead>
<tbody>${endpoints.map(
      (
        { id, node },
        row,
      ) => html`<tr><th scope="row">${id} <span class="sub">${short(node)}</span></th>${endpoints.map(
        (_, column) => letter(expected[row * size + column] ?? '?', observed[row * size + column] ?? '?'),
      )}</tr>
`,
    )}</tbody></table>`,
  );
}

function letter(expected: string, observed: string): Html {
  const text = words[observed] ?? observed;
  if (expected === '?') return html`<td class="quiet" title="left open by the API; seen: ${text}">?</td>`;
  if (observed === '?') return html`<td class="quiet" title="not known">·</td>`;
  if (expected === observed) return html`<td title="${text}">${observed}</td>`;
  return html`<td class="lost" title="${text}, must be ${words[expected]}"><b>${observed}≠${expected}</b></td>`;
}

const words: Readonly<Record<string, string>> = { '.': 'allowed', X: 'denied', '?': 'not known' };

function wrongIn({ expected, observed }: Grid): number[] {
  return [...expected].flatMap((letter, at) =>
    letter !== '?' && observed[at] !== '?' && observed[at] !== letter ? [at] : [],
  );
}
