import type { Outcome, ReportModel } from './model.ts';
import { reportSchema, reportSchemaId } from './schema.ts';

/** How many of a finding's probes are written out. */
const most = 50;

/** The report for machines: {@link reportSchema} as JSON. Single probes are left to the journal. */
export function renderJson(model: ReportModel): string {
  const results = reportSchema.parse({
    $schema: reportSchemaId,
    apiVersion: 'netproof.dev/v1',
    kind: 'Report',
    ...model,
    checks: model.checks.map((check) => ({ ...check, outcomes: check.outcomes.map(shortened) })),
  });
  return `${JSON.stringify(results, null, 2)}\n`;
}

function shortened(outcome: Outcome): Outcome {
  const findings = outcome.findings.map(({ cells, ...finding }) => ({
    ...finding,
    ...(cells && { cells: cells.slice(0, most) }),
  }));
  return { ...outcome, findings };
}
