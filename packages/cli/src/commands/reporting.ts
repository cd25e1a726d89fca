import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { type ExitCode, exitCode, explain, type Totals, worstExit } from '@netproof/core';
import { type WrittenReports, writeMergedReport, writeReports } from '@netproof/report';
import type { Ended } from '@netproof/runner';
import { tellFailure } from '../failure.ts';
import type { Reporter } from '../reporters/reporter.ts';

/** How one cluster ended, and its report where it came so far. */
export interface Reported {
  readonly cluster: string;
  readonly exit: ExitCode;
  /** Whether this machine could carry it. */
  readonly applicable: boolean;
  readonly totals: Totals;
  /** What the totals count as failed, one line each. */
  readonly failures: readonly string[];
  readonly html?: string;
}

const none: Totals = { passed: 0, failed: 0, skipped: 0 };

/** Renders what the journal of a cluster holds, also of a run that was broken off, and tells the summary. */
export async function reported(
  { cluster, exit, failure, folder, lacks }: Ended,
  start: number,
  ui: Reporter,
): Promise<Reported> {
  let written: WrittenReports | undefined;
  try {
    // Without images there was no run to report.
    if (existsSync(folder.journal)) written = await writeReports(folder.path);
  } catch (error) {
    // How the run ended is to be told, whatever becomes of its report.
    if (failure === undefined) throw error;
    ui.line(`! the report was not written: ${explain(error)}`);
  }
  const one: Reported = {
    cluster: cluster.name,
    exit,
    applicable: lacks.length === 0,
    totals: written?.totals ?? none,
    failures: written?.failures ?? [],
    ...(written && { html: written.html }),
  };
  const text = written
    ? [
        '',
        // A bad end without one is told below by itself.
        ...shown(written.totals.failed > 0 ? written.failures : []),
        `${line(written.totals)}, in ${seconds(start)} s`,
        reportAt(written.html),
      ]
    : [];
  ui.line(text.join('\n'), { event: 'cluster-ended', ...one });
  if (failure !== undefined) tellFailure(failure);
  return one;
}

/** What `--json` holds: the totals of all clusters and of each, and what failed. */
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

/**
 * How a run ends. What the machine can carry no cluster of has judged nothing, which must not look as if all had passed.
 */
export function exitOfRun(ended: readonly Pick<Ended, 'exit' | 'lacks'>[]): ExitCode {
  const nothing = ended.length > 0 && ended.every(({ lacks }) => lacks.length > 0);
  return worstExit([...ended.map(({ exit }) => exit), ...(nothing ? [exitCode.undecided] : [])]);
}

const nothingJudged =
  '? nothing was judged: this machine carries no cluster of the run; `pnpm netproof doctor` says what it lacks';

/**
 * The last lines of a run of several clusters, and the report that shows them side by side in the run's folder. Of one
 * cluster all was told; its report is that of the run.
 */
export async function tellAll(
  clusters: readonly Reported[],
  {
    folder,
    start,
    several,
    exit,
    ui,
  }: {
    readonly folder: string;
    readonly start: number;
    readonly several: boolean;
    readonly exit: ExitCode;
    readonly ui: Reporter;
  },
): Promise<void> {
  const { totals } = summed(clusters);
  const ended = { event: 'run-ended', exit, totals } as const;
  // One that was interrupted may have begun with what does not apply.
  const nothing = exit === exitCode.undecided && clusters.every(({ applicable }) => !applicable);
  const none = nothing ? [nothingJudged] : [];
  if (!several)
    return ui.line(none.join(''), {
      ...ended,
      ...(clusters[0]?.html !== undefined && { html: clusters[0].html }),
    });
  const folders = clusters.flatMap(({ html }) => (html === undefined ? [] : [dirname(html)]));
  const merged = folders.length > 0 ? await writeMergedReport(folders, folder) : undefined;
  const width = Math.max(...clusters.map(({ cluster }) => cluster.length));
  const lines = clusters.map(
    ({ cluster, exit, totals }) => `${signOf(exit)} ${cluster.padEnd(width)}  ${line(totals)}${endOf(exit)}`,
  );
  const last = `${line(totals)}, in ${seconds(start)} s`;
  const failures = clusters.flatMap(({ failures }) => failures);
  ui.line(
    ['', ...lines, ...shown(failures), ...none, last, ...(merged ? [reportAt(merged.html)] : [])].join('\n'),
    {
      ...ended,
      ...(merged && { html: merged.html }),
    },
  );
}

/** A list that nobody has to scroll for; the report has all. */
const most = 20;

/** What failed, once more at the end: the lines where it was told may be far above. */
function shown(failures: readonly string[]): readonly string[] {
  if (failures.length === 0) return [];
  const more = failures.length - most;
  return [
    'failed:',
    ...failures.slice(0, most).map((failure) => `  ${failure}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

const reportAt = (html: string): string => `report: ${relative(process.cwd(), html)}`;
/** What is undecided is not red: nothing was seen to be wrong. */
const signOf = (exit: ExitCode): string =>
  exit === exitCode.pass ? '✓' : exit === exitCode.undecided ? '?' : '✗';
const endOf = (exit: ExitCode): string => {
  if (exit === exitCode.pass || exit === exitCode.checkFailed) return '';
  return exit === exitCode.undecided ? '; not all was decided' : `; ended with exit code ${exit}`;
};
const line = ({ passed, failed, skipped, known }: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped${known === undefined ? '' : `, ${known} known to fail`}`;
const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(0);
