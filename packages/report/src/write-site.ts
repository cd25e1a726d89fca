import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, explain, NetproofError } from '@netproof/core';
import { renderSite } from './render-site.ts';
import { replaceFile } from './replace-file.ts';
import { type Listed, listedSchema } from './site-schema.ts';

/**
 * Writes the index of a site: a page that leads to the reports of several runs that stand in `runs/<name>/`, the newest
 * first. Those that cannot be read come last.
 *
 * @param keep how many reports stay; the others are deleted. Without it all do
 * @returns the index
 * @throws NetproofError `SITE_EMPTY` (exit 2), `REPORT_NOT_WRITTEN` (exit 3)
 */
export async function writeSite(site: string, keep = Number.POSITIVE_INFINITY): Promise<string> {
  const all = await listedIn(join(site, 'runs'));
  const kept = all.slice(0, keep);
  const index = join(site, 'index.html');
  // First, so that it never leads to what is gone.
  await replaceFile(index, renderSite(kept));
  for (const { folder } of all.slice(keep)) await rm(join(site, 'runs', folder), { recursive: true });
  return index;
}

/** The newest first. */
async function listedIn(runs: string): Promise<readonly Listed[]> {
  let found: readonly string[];
  try {
    const entries = await readdir(runs, { withFileTypes: true });
    found = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    throw empty(`cannot read ${runs}: ${explain(error)}`);
  }
  if (found.length === 0) throw empty(`there is no report in ${runs}`);
  const listed = await Promise.all(
    found.map(async (folder) => ({ folder, said: await saidIn(join(runs, folder)) })),
  );
  const when = ({ said }: Listed) => said?.runs[0]?.run.started ?? '';
  return listed.toSorted(
    (a, b) =>
      when(b).localeCompare(when(a), 'en') || b.folder.localeCompare(a.folder, 'en', { numeric: true }),
  );
}

async function saidIn(folder: string): Promise<Listed['said']> {
  try {
    return listedSchema.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')));
  } catch {
    // Whatever it is, the others are still to be found.
    return undefined;
  }
}

function empty(message: string): NetproofError {
  return new NetproofError(message, {
    code: 'SITE_EMPTY',
    exit: exitCode.usage,
    hint: 'a site has reports of several runs in runs/<name>/: see `netproof report DIR --out`',
  });
}
