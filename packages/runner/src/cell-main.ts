import { readFile } from 'node:fs/promises';
import { cleaned, explain, NetproofError } from '@netproof/core';
import type { CellMessage, CellOrder } from './cell.ts';
import { orphaned, work } from './cell-work.ts';

/*
 * The main module of a cell's process. It ends when its work is done, when its parent asks (SIGTERM),
 * or when its parent is gone: a killed harness must not leave a cell at work on the cluster.
 */

const interrupted = new AbortController();
process.once('SIGTERM', () => interrupted.abort());
process.once('disconnect', () => interrupted.abort(orphaned));

const tell = (message: CellMessage): void => {
  if (process.connected) process.send?.(cleaned(message));
};

try {
  const order = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as CellOrder;
  const outcome = await work(order, {
    signal: interrupted.signal,
    onLine: (text, told) => tell({ kind: 'line', text, ...(told && { told }) }),
  });
  tell({ kind: 'done', ...outcome });
} catch (error) {
  const facts = error instanceof NetproofError ? { code: error.code, exit: error.exit } : {};
  const hint = error instanceof NetproofError && error.hint !== undefined ? { hint: error.hint } : {};
  const why = explain(error);
  const message = error instanceof NetproofError ? why : `${why}\n${(error as Error).stack ?? ''}`;
  tell({ kind: 'failed', message, ...facts, ...hint });
  process.exitCode = 1;
}
process.removeAllListeners('disconnect');
// A wait that was abandoned must not hold the process; closing the channel first lets all that was said arrive.
if (process.connected) process.disconnect();
setImmediate(() => process.exit());
