import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Check, type CheckDefinition, exitCode, NetproofError } from '@netproof/core';

/** A check with the text of the manifest beside it, where there is one. */
export interface LoadedCheck extends Check {
  readonly manifest?: string;
}

/**
 * Loads every check below a folder, sorted by id. A check's id is its path there without the ending.
 *
 * @throws NetproofError `SUITES_EMPTY` or `NOT_A_CHECK` (exit 2): a run of no checks would look green
 */
export async function loadChecks(suites: string, faults: readonly string[]): Promise<readonly LoadedCheck[]> {
  const files: string[] = [];
  for await (const file of glob('*/**/*.ts', {
    cwd: suites,
    exclude: (name) => name.includes('node_modules'),
  })) {
    if (!file.endsWith('.test.ts')) files.push(file);
  }
  if (files.length === 0) {
    throw new NetproofError(`there are no checks below ${suites}`, {
      code: 'SUITES_EMPTY',
      exit: exitCode.usage,
    });
  }
  const checks = await Promise.all(files.sort().map((file) => load(suites, file)));
  const problems = checks.flatMap((check) => unprovable(check, faults));
  if (problems.length === 0) return checks;
  throw new NetproofError(problems.join('\n'), { code: 'NOT_A_CHECK', exit: exitCode.usage });
}

/** Why a check could never be seen red: it names no fault, one that there is not, or one that need do nothing. */
function unprovable(
  { id, reddenedBy: { must, may = [] }, cloudedBy = [], movedBy = {} }: LoadedCheck,
  faults: readonly string[],
): string[] {
  const unknown = [...must, ...may, ...cloudedBy, ...Object.keys(movedBy)].filter(
    (fault) => !faults.includes(fault),
  );
  return [
    ...(must.length === 0 ? [`${id}: no fault must redden it, so it cannot be seen to fail`] : []),
    ...Object.entries(movedBy).flatMap(([fault, shift]) =>
      Object.keys(shift).length === 0 ? [`${id}: ${fault} must move none of its metrics`] : [],
    ),
    ...unknown.map((fault) => `${id}: there is no fault ${fault}`),
  ];
}

async function load(suites: string, file: string): Promise<LoadedCheck> {
  const module = (await import(pathToFileURL(join(suites, file)).href)) as {
    default?: Partial<CheckDefinition>;
  };
  const definition = module.default;
  if (typeof definition?.run !== 'function' || !definition.requirement || !definition.source) {
    throw new NetproofError(`${join(suites, file)} is not a check: its default export is not check({ … })`, {
      code: 'NOT_A_CHECK',
      exit: exitCode.usage,
    });
  }
  const id = file.replace(/\.ts$/, '');
  const manifest = join(suites, `${id}.yaml`);
  return {
    ...(definition as CheckDefinition),
    id,
    ...(existsSync(manifest) && { manifest: await readFile(manifest, 'utf8') }),
  };
}
