import { exitCode, NetproofError } from '@netproof/core';

/** Whether no space is left, or its user may have no more of it. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Lets work write below a folder.
 *
 * @throws NetproofError `DISK_FULL` (exit 3) where its disk, or what this user may have of it, is used up; tools that
 * find that say so themselves
 */
export async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    throw new NetproofError(`no space is left for ${folder}: ${(cause as Error).message}`, {
      code: 'DISK_FULL',
      exit: exitCode.environment,
      hint: `free some (\`df ${folder}\` shows its disk), and start again: what is finished stays`,
      cause,
    });
  }
}
