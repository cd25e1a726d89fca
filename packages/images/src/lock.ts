import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { lock as lockName } from '@netproof/setup/lock';
import type { Progress } from './progress.ts';

/** Holds a folder for one process of this machine at a time; whom it waits for is told as progress. */
export async function lock(
  folder: string,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  const hash = createHash('sha256').update(await realpath(folder));
  const release = await lockName(`netproof-images-${hash.digest('hex').slice(0, 16)}`, {
    signal,
    onWait: (owner) => onProgress({ doing: `waiting for another build (process ${owner})`, fraction: 0 }),
  });
  return { [Symbol.asyncDispose]: release };
}
