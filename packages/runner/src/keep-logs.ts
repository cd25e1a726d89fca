import { explain } from '@netproof/core';
import type { RunningKind } from '@netproof/kind-node';

/**
 * Writes what the nodes and pods of a cluster of ours have logged into the folder of its run, for they go with the
 * cluster. A help and not a duty, so it never rejects.
 *
 * @param kind undefined for a cluster of others, whose logs are not ours to take
 * @returns what to tell of it, if anything
 */
export async function keepLogs(
  kind: Pick<RunningKind, 'exportLogs'> | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (kind === undefined || signal.aborted) return undefined;
  try {
    await kind.exportLogs(folder, { signal });
    return `the logs of its nodes and pods: ${folder}`;
  } catch (error) {
    return signal.aborted ? undefined : `! the logs of its nodes and pods are not whole: ${explain(error)}`;
  }
}
