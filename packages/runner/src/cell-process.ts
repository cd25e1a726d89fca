import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bounds, type ExitCode, exitCode, interrupted, NetproofError } from '@netproof/core';
import type { CellMessage, CellNews, CellOutcome } from './cell.ts';
import type { Hold } from './hold.ts';
import type { RunFolder } from './run-folder.ts';
import type { Line } from './ui.ts';

/**
 * Runs a cell in a process of its own and waits for its end.
 *
 * @param options.hold where it is lost the cell is killed at once: what it would take back may be another run's by now
 * @throws NetproofError what the cell reported, `INTERRUPTED` after the signal, `CELL_KILLED` when somebody else killed
 *   it, `CELL_DIED` when it ended without a word; the reason of `hold.lost`
 */
export async function runCell(
  { journal, order }: Pick<RunFolder, 'journal' | 'order'>,
  options: { readonly signal: AbortSignal; readonly hold?: Hold | undefined; readonly onLine: Line },
): Promise<CellOutcome> {
  const child = fork(new URL('./cell-main.ts', import.meta.url), [order], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: Ctrl-C in the terminal reaches the parent alone, which then asks it to stop.
    detached: true,
  });
  let last: CellMessage | undefined;
  child.on('message', (message: CellMessage) => {
    if (message.kind === 'line') options.onLine(message.text, message.told);
    else last = message;
  });
  options.hold?.onRenewal((renewed) => {
    // One that ends is told nothing any more, and its end says why.
    if (child.connected) child.send({ renewed } satisfies CellNews, () => {});
  });
  let late: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    late = setTimeout(() => child.kill('SIGKILL'), bounds.cellEnd);
  };
  const lost = options.hold?.lost;
  const kill = () => child.kill('SIGKILL');
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop, { once: true });
  if (lost?.aborted) kill();
  lost?.addEventListener('abort', kill, { once: true });
  // Once its channel is closed, all that it said has come.
  const said = once(child, 'disconnect');
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (child.connected) await said;
  clearTimeout(late);
  options.signal.removeEventListener('abort', stop);
  lost?.removeEventListener('abort', kill);

  lost?.throwIfAborted();
  if (options.signal.aborted) throw interrupted();
  if (last?.kind === 'done' && code === 0) return last;
  const report = `a defect of netproof: report it with ${journal}`;
  if (last?.kind === 'failed') {
    const exit = (last.exit ?? exitCode.defect) as Exclude<ExitCode, 0>;
    const hint = last.hint ?? (exit === exitCode.defect ? report : undefined);
    throw new NetproofError(last.message, {
      code: last.code ?? 'CELL_FAILED',
      exit,
      ...(hint !== undefined && { hint }),
    });
  }
  // Whoever is killed by us has been dealt with above.
  if (signal === 'SIGKILL') {
    throw new NetproofError('the process that ran the checks was killed, and not by netproof', {
      code: 'CELL_KILLED',
      exit: exitCode.environment,
      hint: `the kernel kills where memory runs out: look for "Out of memory" in dmesg; what was seen until then is in ${journal}`,
    });
  }
  throw new NetproofError(
    `the process that ran the checks ended with ${signal ?? `code ${code}`} and without a word`,
    {
      code: 'CELL_DIED',
      exit: exitCode.defect,
      hint: report,
    },
  );
}
