import { join, relative } from 'node:path';
import { exitCode } from '@netproof/core';
import { findRuns, writeMergedReport, writeReports } from '@netproof/report';
import { places } from '../places.ts';

/**
 * `netproof report DIR…`: renders the reports of runs again from their journals, each in its own folder. Several
 * runs are also shown side by side: in the folder that holds them where that was named, else in a new one.
 */
export async function reportCommand(
  folders: readonly string[],
  { out }: { readonly out?: string } = {},
): Promise<number> {
  const runs = await findRuns(folders);
  const [only] = folders.length === 1 ? folders : [];
  const single = only !== undefined && runs[0] === only && out === undefined;
  const written = single
    ? await writeReports(only)
    : await writeMergedReport(runs, out ?? only ?? join(places.out, `${time()}-merged`));
  process.stdout.write(`${relative(process.cwd(), written.html)}\n`);
  return exitCode.pass;
}

/** `20261121-101500`, as in the names of runs. */
function time(): string {
  return new Date()
    .toISOString()
    .replaceAll(/[-:]|\..*$/g, '')
    .replace('T', '-');
}
