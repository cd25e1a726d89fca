import { terminal } from '../terminal.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { line } from './line.ts';
import type { Reporter } from './reporter.ts';

/** By the names that `--reporter` takes. Each is told whether somebody looks on; without that it finds out itself. */
export const reporters = { list: terminal, line, github, json } satisfies Record<
  string,
  (live?: boolean) => Reporter
>;

export type ReporterName = keyof typeof reporters;

/** The one for where this runs. */
export function usualReporter(env: NodeJS.ProcessEnv = process.env): ReporterName {
  return env.GITHUB_ACTIONS === 'true' ? 'github' : 'list';
}
