import { countKills } from './kills.ts';
import type { Merged, MergedResults } from './model.ts';
import { mergedSchema, mergedSchemaId } from './schema.ts';

/** The report of several runs for machines: {@link mergedSchema} as JSON. */
export function renderMergedJson({ conclusion, totals, runs, checks }: Merged): string {
  const results: MergedResults = {
    $schema: mergedSchemaId,
    apiVersion: 'netproof.dev/v1',
    kind: 'MergedReport',
    conclusion,
    totals,
    runs: runs.map(({ name, folder, shards, model: { conclusion, totals, run, clusters, killMatrix } }) => ({
      ...{ name, folder, conclusion, totals, run },
      ...(shards && {
        shards: shards.flatMap(({ folder, model }) =>
          model.run.shard ? [{ shard: model.run.shard, folder }] : [],
        ),
      }),
      ...(clusters[0] && { cluster: clusters[0] }),
      ...(killMatrix && { kills: countKills(killMatrix) }),
    })),
    checks: checks.map((check) => ({
      ...check,
      outcomes: check.outcomes.flatMap((outcome, at) => {
        const run = runs[at]?.name;
        if (outcome === undefined || run === undefined) return [];
        return [{ ...outcome, run, findings: outcome.findings.map(({ message }) => message) }];
      }),
    })),
  };
  // Parsed, because an outcome has more than belongs here.
  return `${JSON.stringify(mergedSchema.parse(results), null, 2)}\n`;
}
