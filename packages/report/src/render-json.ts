import type { ReportModel } from './model.ts';
import { reportSchema, reportSchemaId } from './schema.ts';

/** The report for machines: {@link reportSchema} as JSON. Single probes are left to the journal. */
export function renderJson(model: ReportModel): string {
  const results = reportSchema.parse({
    $schema: reportSchemaId,
    apiVersion: 'netproof.dev/v1',
    kind: 'Report',
    ...model,
  });
  return `${JSON.stringify(results, null, 2)}\n`;
}
