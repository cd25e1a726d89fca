import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CellOrder, owners, removeOwned } from '@netproof/runner';
import { untilInterrupted } from './interruption.ts';
import { attempt, endedWith } from './netproof.ts';

/** The cheapest check, for who wants a cluster with probes and no verdict. */
export const cheapest = 'pod-network/localhost/containers';

/** An order for a cluster of our making. */
export type KindOrder = CellOrder & Required<Pick<CellOrder, 'kindName'>>;

/**
 * Runs one check on a cluster, then does the work there, with its probes in place.
 *
 * @param name of a cluster that was kept, which stays; else of a variant, which is made and, however this ends, removed
 * @throws where the check does not pass, and what the work throws
 */
export async function onCluster(
  name: string,
  check: string,
  work: (order: KindOrder) => Promise<void>,
): Promise<void> {
  const kept = (await owners()).some(({ kindName }) => kindName === name);
  const folder = await mkdtemp(join(tmpdir(), 'netproof-bench-'));
  const file = join(folder, 'totals.json');
  const where = kept ? ['--on', name] : ['--keep', '--cluster', name];
  const argv = ['run', ...where, '--check', check, '--json', file];
  try {
    const { code, pid } = await attempt(argv);
    // Known by its maker: one that did not come so far has written nothing else.
    const made = kept ? undefined : (await owners()).find((owner) => owner.pid === pid);
    try {
      if (code !== 0) throw endedWith(code, argv);
      const { report } = JSON.parse(await readFile(file, 'utf8')) as { report: string };
      const order = JSON.parse(await readFile(join(dirname(report), 'cell.json'), 'utf8')) as KindOrder;
      await untilInterrupted(() => work(order));
    } finally {
      if (made) await removeOwned(made);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
