import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coverages, exitCode, explain, NetproofError } from '@netproof/core';
import { z } from 'zod';
import { existingSchema } from './existing/where.ts';

const planSchema = z.strictObject({
  /** The id of the run. */
  run: z.string(),
  mode: z.enum(['run', 'prove']),
  /** In their order; `folder` is the absolute path of one that is none of the repository's. */
  clusters: z.array(z.strictObject({ name: z.string(), folder: z.string().optional() })).min(1),
  /** Ids, the same on every cluster. */
  checks: z.array(z.string()).min(1),
  /** Runs from before there was a choice have asked all. */
  coverage: z.enum(coverages).default('all'),
  /** Where its cluster is none that netproof makes. */
  existing: existingSchema.optional(),
  /** Which share of all that were chosen these are. */
  shard: z.object({ index: z.number().int(), of: z.number().int() }).optional(),
});

/** What a run is to do: written before anything is made, so that it can be resumed wherever it was broken off. */
export type RunPlan = z.infer<typeof planSchema>;

const planIn = (folder: string) => join(folder, 'plan.json');

/** @throws NetproofError `PLAN_UNWRITABLE` (exit 3) */
export async function writePlan(folder: string, plan: RunPlan): Promise<void> {
  try {
    await writeFile(planIn(folder), `${JSON.stringify(plan, null, 1)}\n`);
  } catch (cause) {
    throw new NetproofError('the plan of the run cannot be written', {
      code: 'PLAN_UNWRITABLE',
      exit: exitCode.environment,
      hint: `free space for ${folder}`,
      cause,
    });
  }
}

/**
 * The plan in the folder of a run; undefined where there is none, as in the folder of one cluster of several.
 *
 * @throws NetproofError `NOT_RESUMABLE` (exit 2) for one that is damaged
 */
export async function readPlan(folder: string): Promise<RunPlan | undefined> {
  const file = planIn(folder);
  try {
    return planSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : explain(cause);
    throw new NetproofError(`${file} is not the plan of a run: ${why}`, {
      code: 'NOT_RESUMABLE',
      exit: exitCode.usage,
      hint: 'it was changed, or written by another version of netproof; begin a new run: pnpm netproof run',
    });
  }
}
