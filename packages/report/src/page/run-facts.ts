import { duration, memory, moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { bar, facts, table } from './parts.ts';

const coverages: Readonly<Record<ReportModel['run']['coverage'], string>> = {
  all: 'all: every pair that a check names was asked',
  nodes: 'nodes: one pair of probes was asked for each pair of nodes',
  sample: 'sample: pairs of nodes were drawn by lot; each check says how many of how many',
};

/** Where each part came from, with what was changed in it, and on which machine it ran. */
export function provenance({ run }: ReportModel): Html {
  return html`<section id="provenance" aria-labelledby="provenance-h"><h2 id="provenance-h">Provenance</h2>
${
  run.provenance.length > 0 &&
  table(
    'Provenance',
    [['Part'], ['Version', 'name'], ['Origin'], ['From'], ['Digest or content key']],
    run.provenance.map(({ name, version, origin, from, key }) => [
      name,
      version,
      origin,
      from,
      key === undefined ? '–' : html`<code title="${key}">${abbreviated(key)}</code>`,
    ]),
  )
}
${facts([
  ['CPUs', run.machine.cpus],
  ['Memory', memory(run.machine.memoryBytes)],
  ['Coverage', coverages[run.coverage]],
  ['Called as', called(run)],
])}
</section>`;
}

/** Twelve digits tell builds apart; results.json has the rest. */
export function abbreviated(key: string): string {
  return key.replace(/([0-9a-f]{12})[0-9a-f]+$/, '$1…');
}

/** The command that began the run. */
export function called({ argv }: Pick<ReportModel['run'], 'argv'>): Html {
  return html`<code>netproof ${argv.map(quoted).join(' ')}</code>`;
}

/** An argument as a shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** Where the time went. */
export function phases({ run, clusters }: ReportModel): Html | undefined {
  const groups = [{ name: '', phases: run.phases }, ...clusters].filter(({ phases }) => phases.length > 0);
  if (groups.length === 0) return undefined;
  const longest = Math.max(...groups.flatMap(({ phases }) => phases.map(({ ms }) => ms)));
  return html`<section id="phases" aria-labelledby="phases-h"><h2 id="phases-h">Time</h2>
${groups.map(({ name, phases }) =>
  table(
    `Phases ${name}`,
    [['Phase'], ['Against the longest', 'bar'], ['Time', 'figure']],
    phases.map(({ phase, ms, why }) => [
      html`${phase}${why !== undefined && html`<br><span class="sub">${why}</span>`}`,
      bar(longest === 0 ? 0 : ms / longest),
      duration(ms),
    ]),
  ),
)}
</section>`;
}

/** When the connections to the probes were lost: what was asked then may be an error, never a verdict. */
export function streams({ clusters }: ReportModel): Html {
  const events = clusters.flatMap(({ streams }) => streams);
  const pods = clusters.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  return html`<section id="streams" aria-labelledby="streams-h"><h2 id="streams-h">Control streams</h2>
${
  events.length === 0
    ? html`<p>${pods === 0 ? 'No probe was connected.' : `None of the streams to ${pods} probes was lost.`}</p>`
    : table(
        'Control streams',
        [['Time', 'name'], ['Probe', 'name'], ['State'], ['Message']],
        events.map(({ t, endpoint, state, message }) => [moment(t), endpoint, state, message]),
      )
}
</section>`;
}
