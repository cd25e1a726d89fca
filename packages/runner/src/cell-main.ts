import { readFile } from 'node:fs/promises';
import { bounds, cleaned, exitCode, explain, NetproofError } from '@netproof/core';
import type { CellMessage, CellNews, CellOrder } from './cell.ts';
import { orphaned, work } from './cell-work.ts';
import { now } from './hold.ts';

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

/** Who is not told any more that the cluster is its own takes nothing back: it may be another run's by now. */
let silence: NodeJS.Timeout | undefined;
process.on('message', ({ renewed }: CellNews) => {
  clearTimeout(silence);
  silence = setTimeout(leave, Math.max(0, renewed + bounds.leaseUnknown - now()));
});

function leave(): void {
  const message = `the cell left the cluster as it was: for ${bounds.leaseUnknown / 1000} s it did not hear that the cluster is its run's`;
  const hint = 'netproof was stopped, or its way to the API server was cut: run it again';
  const last = { kind: 'failed', message, code: 'HOLD_UNKNOWN', exit: exitCode.environment, hint } as const;
  const end = () => process.kill(process.pid, 'SIGKILL');
  if (process.connected) process.send?.(cleaned(last), end);
  else end();
}

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
clearTimeout(silence);
process.removeAllListeners('message');
// A wait that was abandoned must not hold the process; closing the channel first lets all that was said arrive.
if (process.connected) process.disconnect();
setImmediate(() => process.exit());
