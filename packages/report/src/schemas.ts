import { journalSchema } from '@netproof/core';
import { z } from 'zod';
import { diffSchema, diffSchemaId } from './diff-schema.ts';
import { journalSchemaId, mergedSchema, mergedSchemaId, reportSchema, reportSchemaId } from './schema.ts';

/** The published JSON Schemas, by file name below `reports/schema`. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  return {
    'journal.schema.json': published(journalSchemaId, 'One line of journal.jsonl', journalSchema()),
    'report.schema.json': published(
      reportSchemaId,
      'results.json of a run',
      z.toJSONSchema(reportSchema, { target: 'draft-2020-12' }),
    ),
    'merged-report.schema.json': published(
      mergedSchemaId,
      'results.json of several runs',
      z.toJSONSchema(mergedSchema, { target: 'draft-2020-12' }),
    ),
    'diff.schema.json': published(
      diffSchemaId,
      'What changed between runs',
      z.toJSONSchema(diffSchema, { target: 'draft-2020-12' }),
    ),
  };
}

function published($id: string, title: string, schema: object): string {
  return oneLiners(JSON.stringify({ $id, title, ...schema }, null, 2));
}

/** Lists of plain values on one line where it holds them, as the formatter of this repository wants it. */
function oneLiners(json: string): string {
  const width = 110;
  return `${json.replace(
    /^(.*)\[\n([^[\]{}]*)\n\s*\](,?)$/gm,
    (whole, before: string, items: string, comma: string) => {
      const line = `${before}[${items.trim().replace(/\n\s*/g, ' ')}]${comma}`;
      return line.length <= width ? line : whole;
    },
  )}\n`;
}
