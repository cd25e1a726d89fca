import { duration, memory, moment } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ClusterFacts, Merged, MergedRun, Run } from '../model.ts';
import { nameOf } from './merged-parts.ts';
import { table } from './parts.ts';
import { abbreviated, called } from './run-facts.ts';

/** What each cluster claims: a check that needs something else does not apply to it. */
export function claims({ runs }: Merged): Html | undefined {
  const all = [
    ...new Set(runs.flatMap(({ model }) => model.clusters.flatMap((cluster) => cluster.claims))),
  ].toSorted((a, b) => a.localeCompare(b, 'en'));
  if (all.length === 0) return undefined;
  const cell = (claim: string, cluster: ClusterFacts | undefined) => {
    if (cluster === undefined) return html`<span class="quiet">not known</span>`;
    return cluster.claims.includes(claim) ? html`✓ claimed` : html`<span class="quiet">–</span>`;
  };
  return html`<section id="claims" aria-labelledby="claims-h"><h2 id="claims-h">Claims</h2>
${byRun(
  'Claims',
  'Feature',
  runs,
  all.map((claim) => [claim, ({ model }) => cell(claim, model.clusters[0])]),
)}
</section>`;
}

/** On what each run was made, and where the time of its start went. */
export function provenances({ runs }: Merged): Html {
  const phases = [...new Set(runs.flatMap((run) => phasesOf(run).map(({ phase }) => phase)))];
  const ofRun = (value: (run: Run) => Content) => (one: MergedRun) => value(one.model.run);
  const ofCluster = (value: (cluster: ClusterFacts) => Content) => (one: MergedRun) =>
    one.model.clusters[0] && value(one.model.clusters[0]);
  return html`<section id="provenance" aria-labelledby="provenance-h"><h2 id="provenance-h">Provenance</h2>
${byRun('Runs', '', runs, [
  ['CNI', ofCluster(({ cni, cniVersion }) => `${cni} ${cniVersion}`)],
  ['Kubernetes', ofCluster(({ kubernetes }) => kubernetes)],
  ['kube-proxy', ofCluster(({ kubeProxy }) => kubeProxy)],
  ['Nodes', ofCluster(({ nodes }) => nodes.length > 0 && nodes.length)],
  ['Pod addresses', ofCluster(({ podSubnet }) => podSubnet)],
  ['Kernel', ofRun(({ machine }) => machine.kernel)],
  ['System', ofRun(({ machine }) => machine.os)],
  ['Machine', ofRun(({ machine }) => `${machine.cpus} CPUs, ${memory(machine.memoryBytes)}`)],
  ['Docker', ofRun(({ docker }) => docker)],
  ['netproof', ofRun(({ netproof }) => netproof)],
  ['Run', ofRun(({ id }) => html`<code>${id}</code>`)],
  ['Coverage', ofRun(({ coverage }) => coverage)],
  ['Called as', ofRun(called)],
  ['Began', ofRun(({ started }) => moment(started))],
  ['Took', ofRun(({ started, ended }) => duration(Date.parse(ended) - Date.parse(started)))],
  ['Start: kind create and cluster ready', startOf],
  ...phases.map(
    (phase): Row => [html`<span class="sub">phase: ${phase}</span>`, (run) => tookOf(run, [phase])],
  ),
])}
${parts(runs)}
</section>`;
}

function phasesOf({ model }: MergedRun): ClusterFacts['phases'] {
  return [...model.run.phases, ...(model.clusters[0]?.phases ?? [])];
}

/** From nothing to a cluster on which pods run. */
function startOf(run: MergedRun): Content {
  const parts = ['kind create', 'cluster ready'];
  const whole = parts.every((part) => phasesOf(run).some(({ phase }) => phase === part));
  return whole ? tookOf(run, parts) : undefined;
}

function tookOf(run: MergedRun, names: readonly string[]): Content {
  const some = phasesOf(run).filter(({ phase }) => names.includes(phase));
  return some.length > 0 && duration(some.reduce((sum, { ms }) => sum + ms, 0));
}

/** What ran, each part once, with the clusters on which it did. */
function parts(runs: readonly MergedRun[]): Html | undefined {
  const all = runs.flatMap((run) => run.model.run.provenance.map((part) => ({ part, run })));
  const same = [...Map.groupBy(all, ({ part }) => JSON.stringify(part)).values()];
  if (same.length === 0) return undefined;
  return table(
    'Parts',
    [['Part'], ['Version', 'name'], ['Origin'], ['From'], ['Digest or content key'], ['Ran on']],
    same.map((some) => {
      const { name, version, origin, from, key } = some[0]!.part;
      const on = [...new Set(some.map(({ run }) => run.name))];
      return [
        name,
        version,
        origin,
        from,
        key === undefined ? '–' : html`<code title="${key}">${abbreviated(key)}</code>`,
        on.length === runs.length && runs.length > 1 ? 'all' : on.join(', '),
      ];
    }),
  );
}

type Row = readonly [heading: Content, value: (run: MergedRun) => Content];

/** Facts down, runs across. */
function byRun(label: string, corner: string, runs: readonly MergedRun[], rows: readonly Row[]): Html {
  return table(
    label,
    [[corner], ...runs.map((run) => [nameOf(run)] as const)],
    rows.map(([heading, value]) => [heading, ...runs.map((run) => value(run) || '–')]),
  );
}
