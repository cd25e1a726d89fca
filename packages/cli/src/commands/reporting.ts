import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { type ExitCode, explain, type Totals } from '@netproof/core';
import { writeMergedReport, writeReports } from '@netproof/report';
import type { Ended } from '@netproof/runner';
import { tellFailure } from '../failure.ts';

/** How one cluster ended, and its report where it came so far. */
export interface Reported {
  readonly cluster: string;
  readonly exit: ExitCode;
  /** Whether this machine could carry it. */
  readonly applicable: boolean;
  readonly totals: Totals;
  readonly html?: string;
}

const none: Totals = { passed: 0, failed: 0, skipped: 0 };

/** Renders what the journal of a cluster holds, also of a run that was broken off, and prints the summary. */
export async function reported(
  { cluster, exit, failure, folder, lacks }: Ended,
  start: number,
): Promise<Reported> {
  let written: { totals: Totals; html: string } | undefined;
  try {
    // Without images there was no run to report.
    if (existsSync(folder.journal)) written = await writeReports(folder.path);
  } catch (error) {
    // How the run ended is to be told, whatever becomes of its report.
    if (failure === undefined) throw error;
    process.stdout.write(`! the report was not written: ${explain(error)}\n`);
  }
  if (written) {
    process.stdout.write(`\n${line(written.totals)}, in ${seconds(start)} s\n`);
    process.stdout.write(`report: ${relative(process.cwd(), written.html)}\n`);
  }
  if (failure !== undefined) tellFailure(failure);
  return {
    cluster: cluster.name,
    exit,
    applicable: lacks.length === 0,
    totals: written?.totals ?? none,
    ...(written && { html: written.html }),
  };
}

/** What `--json` holds: the totals of all clusters and of each. */
export function summed(clusters: readonly Reported[]) {
  const sum = (key: keyof Totals) => clusters.reduce((total, { totals }) => total + (totals[key] ?? 0), 0);
  const known = sum('known');
  return {
    totals: {
      ...{ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') },
      ...(known > 0 && { known }),
    },
    report: clusters.length === 1 ? clusters[0]?.html : undefined,
    clusters,
  };
}

/** The last lines of a run of several clusters, and the report that shows them side by side in the run's folder. */
export async function tellAll(clusters: readonly Reported[], folder: string, start: number): Promise<void> {
  const folders = clusters.flatMap(({ html }) => (html === undefined ? [] : [dirname(html)]));
  const merged = folders.length > 0 ? await writeMergedReport(folders, folder) : undefined;
  process.stdout.write('\n');
  const width = Math.max(...clusters.map(({ cluster }) => cluster.length));
  for (const { cluster, exit, totals } of clusters) {
    process.stdout.write(
      `${exit === 0 ? '✓' : '✗'} ${cluster.padEnd(width)}  ${line(totals)}${ended(exit)}\n`,
    );
  }
  process.stdout.write(`${line(summed(clusters).totals)}, in ${seconds(start)} s\n`);
  if (merged) process.stdout.write(`report: ${relative(process.cwd(), merged.html)}\n`);
}

const ended = (exit: ExitCode): string => (exit === 0 || exit === 1 ? '' : `; ended with exit code ${exit}`);
const line = ({ passed, failed, skipped, known }: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped${known === undefined ? '' : `, ${known} known to fail`}`;
const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(0);
