import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';

/**
 * Writes beside the file and renames, which is atomic within a folder; the folder is made where there is none.
 *
 * @throws NetproofError `REPORT_NOT_WRITTEN` (exit 3)
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new NetproofError(`cannot write ${file}`, {
      code: 'REPORT_NOT_WRITTEN',
      exit: exitCode.environment,
      hint: 'reports stand in the folders of their runs: this user must be able to write there, and the disk must have space',
      cause,
    });
  }
}
