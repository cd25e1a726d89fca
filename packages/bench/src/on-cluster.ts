import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CellOrder, owners, removeOwned } from '@netproof/runner';
import { netproof } from './netproof.ts';

/**
 * Runs one check on a cluster, then does the work there, with its probes in place.
 *
 * @param name of a cluster that was kept, which stays; else of a variant, which is made and removed
 * @throws where the check does not pass; a cluster that was made for it is then left
 */
export async function onCluster(
  name: string,
  check: string,
  work: (order: CellOrder) => Promise<void>,
): Promise<void> {
  const kept = (await owners()).some(({ kindName }) => kindName === name);
  const folder = await mkdtemp(join(tmpdir(), 'netproof-bench-'));
  try {
    const file = join(folder, 'totals.json');
    const where = kept ? ['--on', name] : ['--keep', '--cluster', name];
    await netproof(['run', ...where, '--check', check, '--json', file]);
    const { report } = JSON.parse(await readFile(file, 'utf8')) as { report: string };
    const order = JSON.parse(await readFile(join(dirname(report), 'cell.json'), 'utf8')) as CellOrder;
    try {
      await work(order);
    } finally {
      if (!kept) await removeOwned({ kindName: order.kindName ?? '' });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
