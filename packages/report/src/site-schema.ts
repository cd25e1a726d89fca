import { z } from 'zod';
import { mergedSchema } from './schema.ts';

const { run, name, folder, conclusion, totals } = mergedSchema.shape.runs.element.shape;

/**
 * What the index of a site asks of a results.json of several runs: no more than it shows, because it also lists what
 * earlier versions of netproof wrote.
 */
export const listedSchema = z.object({
  kind: mergedSchema.shape.kind,
  conclusion,
  totals,
  runs: z
    .array(
      z.object({
        ...{ name, folder, conclusion },
        run: run.pick({ mode: true, netproof: true, started: true }),
        cluster: z.object({ name: z.string() }).optional(),
      }),
    )
    .min(1),
});

/** One report of a site: the folder that it has below `runs/`, and what it says, where that can be read. */
export interface Listed {
  readonly folder: string;
  readonly said: z.infer<typeof listedSchema> | undefined;
}
