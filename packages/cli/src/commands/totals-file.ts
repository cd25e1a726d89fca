import { lstatSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ExitCode, exitCode, NetproofError, worstExit } from '@netproof/core';
import { replaceFile } from '@netproof/report';
import { makeFolder } from '@netproof/setup/folders';
import { tellFailure } from '../failure.ts';
import { type Reported, summed } from './reporting.ts';

/**
 * Tries whether the file of `--json` can be written: who mistyped its path is told before the run, and not after it.
 *
 * @throws NetproofError `JSON_NOT_WRITABLE` (exit 2)
 */
export async function tryTotals(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const beside = `${file}.${process.pid}.tmp`;
  try {
    // What is put in its place in the end must not be a device, as /dev/stdout is, or a link that somebody made.
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there && !there.isFile()) throw new Error('what is there is no plain file');
    makeFolder(dirname(resolve(file)));
    await writeFile(beside, '');
    await rm(beside);
  } catch (cause) {
    throw new NetproofError(`--json ${file} cannot be written`, {
      code: 'JSON_NOT_WRITABLE',
      exit: exitCode.usage,
      hint: 'give --json a file in a folder that this user may write to',
      cause,
    });
  }
}

/** Writes the file of `--json`. Where that fails, how the run ended is still the worse of the two. */
export async function writeTotals(
  file: string | undefined,
  reports: readonly Reported[],
  exit: ExitCode,
): Promise<ExitCode> {
  if (file === undefined) return exit;
  try {
    await replaceFile(file, JSON.stringify(summed(reports)));
    return exit;
  } catch (error) {
    return worstExit([exit, tellFailure(error)]);
  }
}
