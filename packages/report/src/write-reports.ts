import { glob, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exitCode, NetproofError, type Totals } from '@netproof/core';
import { evidenceFiles } from './evidence-files.ts';
import type { Conclusion } from './model.ts';
import { readJournal } from './read-journal.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { summarise } from './summarise.ts';

/** Where a run's reports are, and what they say. */
export interface WrittenReports {
  readonly html: string;
  readonly json: string;
  readonly totals: Totals;
  readonly conclusion: Conclusion;
  readonly interrupted: boolean;
}

/**
 * Renders `index.html` and `results.json` into a run's folder, from its `journal.jsonl` and those of the folders
 * directly below it. A reader sees the old report or the new one, never half of one.
 *
 * @throws NetproofError `JOURNAL_MISSING`, `JOURNAL_INVALID` or `JOURNAL_EMPTY` (exit 2)
 */
export async function writeReports(runDir: string): Promise<WrittenReports> {
  const files: string[] = [];
  for await (const file of glob(['journal.jsonl', '*/journal.jsonl'], { cwd: runDir })) files.push(file);
  if (files.length === 0) {
    throw new NetproofError(`there is no journal.jsonl in ${runDir} or in a folder below it`, {
      code: 'JOURNAL_MISSING',
      exit: exitCode.usage,
      hint: 'name the folder of a run; runs are below reports/out',
    });
  }
  const model = summarise(
    await Promise.all(
      files.sort().map(async (file) => {
        const folder = dirname(file);
        const journal = await readJournal(join(runDir, file));
        return folder === '.' ? journal : { ...journal, folder: `${folder}/` };
      }),
    ),
  );
  const written = { html: join(runDir, 'index.html'), json: join(runDir, 'results.json') };
  await replace(written.html, renderHtml(model, await evidenceFiles(model, runDir)));
  await replace(written.json, renderJson(model));
  const { totals, conclusion, run } = model;
  return { ...written, totals, conclusion, interrupted: run.interrupted };
}

/** Writes beside the file and renames, which is atomic within a folder. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
