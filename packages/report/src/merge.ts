import { basename } from 'node:path';
import { concludeAll } from './conclude-all.ts';
import { moment } from './format.ts';
import type { Merged, MergedCheck, MergedRun, Part, ReportModel } from './model.ts';
import { standing } from './outcome.ts';
import { joined, type Whole } from './shards.ts';
import { totalsOf } from './summarise.ts';

/** One run as reports take them that are the same of one and of several. */
export function alone(model: ReportModel): Merged {
  return merge([{ model, folder: '' }]);
}

/** Puts runs side by side, in the order in which they began; shards of one run as that run. */
export function merge(parts: readonly Part[]): Merged {
  const ordered = joined(parts).toSorted(
    (a, b) =>
      a.model.run.started.localeCompare(b.model.run.started, 'en') || a.folder.localeCompare(b.folder, 'en'),
  );
  const runs = named(ordered);
  return {
    conclusion: concludeAll(runs),
    totals: totalsOf(runs.map(({ model }) => model)),
    runs,
    checks: checksOf(runs.map(({ model }) => model)),
  };
}

/** Where several are of one cluster, their times tell them apart, and where these are the same, their folders. */
function named(parts: readonly Whole[]): readonly MergedRun[] {
  const all = parts.map((part) => {
    // A run that came to no cluster has its name from whoever made its folder.
    const { run, clusters } = part.model;
    const cluster = clusters[0]?.name ?? (basename(part.folder) || run.id);
    const what = run.shard ? `${cluster}, shard ${run.shard.index}/${run.shard.of}` : cluster;
    const names = [what, `${what} of ${moment(run.started)}`, `${what} in ${part.folder}`];
    return { ...part, cluster, names };
  });
  const unique = (name: string) =>
    all.filter(({ names }) => names.includes(name)).length === 1 ? name : undefined;
  return all.map(({ names, ...run }) => ({ ...run, name: names.find(unique) ?? run.folder }));
}

/** Every check that a run had planned. What it requires is what the first of them says. */
function checksOf(models: readonly ReportModel[]): readonly MergedCheck[] {
  const facts = new Map(
    models
      .toReversed()
      .flatMap(({ checks }) => checks)
      .map((check) => [check.id, check]),
  );
  return [...facts.values()]
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en'))
    .map(({ outcomes: _, ...check }) => ({
      ...check,
      outcomes: models.map(({ checks, clusters: [cluster] }) =>
        standing(checks.find(({ id }) => id === check.id)?.outcomes ?? [], cluster?.name ?? ''),
      ),
    }));
}
