import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { lock as lockName } from '@netproof/setup/lock';

/** Holds a folder for one process of this machine at a time. */
export async function lock(
  folder: string,
  options: { readonly signal: AbortSignal; readonly onWait: (owner: number) => void },
): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  const hash = createHash('sha256').update(await realpath(folder));
  const release = await lockName(`netproof-images-${hash.digest('hex').slice(0, 16)}`, options);
  return { [Symbol.asyncDispose]: release };
}
