import { z } from 'zod';
import { head, shownWords } from './schema.ts';

/*
 * What changed between two runs, or between two times several of them: the shape of what `netproof report diff --json`
 * writes, published as reports/schema/diff.schema.json.
 */

const word = z.enum(shownWords);

const side = z.object({
  /** As it was named. */
  folder: z.string(),
  /** In the order in which they began. */
  runs: z.array(
    z.object({ id: z.string(), cluster: z.string(), started: z.iso.datetime(), sentence: z.string() }),
  ),
});

/** One check on one cluster that is in both. */
const change = z.object({
  cluster: z.string(),
  check: z.string(),
  /** What came of it without a fault; absent where it was not planned. */
  before: word.optional(),
  after: word.optional(),
  /** The first thing that was said of it afterwards. */
  message: z.string().optional(),
});

export const diffSchema = z.object({
  ...head,
  kind: z.literal('Diff'),
  before: side,
  after: side,
  /** Passed and fails, and is not recorded as known to. */
  broke: z.array(change),
  /** Failed, known or not, and passes. */
  mended: z.array(change),
  /** Was not planned before. */
  new: z.array(change),
  /** Is not planned any more. */
  gone: z.array(change),
  /** Every other change. */
  otherwise: z.array(change),
  /** How many checks came to the same. */
  same: z.number().int().min(0),
  /** What a cluster that is in both was made of and is not any more, or is now; absent where it was none. */
  versions: z.array(
    z.object({
      cluster: z.string(),
      what: z.string(),
      before: z.string().optional(),
      after: z.string().optional(),
    }),
  ),
  /** Clusters of one side. */
  onlyBefore: z.array(z.string()),
  onlyAfter: z.array(z.string()),
});

/** `$id` of the schema of a diff. */
export const diffSchemaId = 'https://netproof.dev/schema/v1/diff.schema.json';

/** What changed, as a value. */
export type Diff = Omit<z.infer<typeof diffSchema>, '$schema' | 'apiVersion' | 'kind'>;
export type Change = Diff['broke'][number];
export type VersionChange = Diff['versions'][number];
