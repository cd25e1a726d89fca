import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bounds } from '@netproof/core';
import { runCell } from './cell-process.ts';
import { now } from './hold.ts';

const never = new AbortController().signal;
const onLine = () => {};

describe('the process of a cell', () => {
  let folder: string;
  let order: string;
  let journal: string;
  let writer: FileHandle | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-'));
    // Who reads its order from a pipe into which nobody writes is at work for good.
    order = join(folder, 'order.json');
    journal = join(folder, 'journal.jsonl');
    execFileSync('mkfifo', [order]);
  });
  afterEach(async () => {
    await writer?.close();
    rmSync(folder, { recursive: true });
  });

  it('is killed at once where the cluster is lost, and not asked to take anything back', async () => {
    const lost = new AbortController();
    const hold = { lost: lost.signal, onRenewal: () => {}, confirm: async () => {} };
    const ending = runCell({ order, journal }, { signal: never, hold, onLine });
    writer = await open(order, 'w');
    const since = performance.now();
    lost.abort(new Error('taken'));
    await assert.rejects(ending, { message: 'taken' });
    assert.ok(performance.now() - since < 2_000);
  });

  it('ends by itself where it does not hear that its run still has the cluster', async () => {
    let renew = (_: number): void => assert.fail();
    const hold = {
      lost: never,
      confirm: async () => {},
      onRenewal(listener: (at: number) => void) {
        renew = listener;
        renew(now());
      },
    };
    const ending = runCell({ order, journal }, { signal: never, hold, onLine });
    writer = await open(order, 'w');
    const since = now();
    // So long ago was the last time.
    renew(since - bounds.leaseUnknown + 200);
    await assert.rejects(ending, { code: 'HOLD_UNKNOWN', exit: 3 });
    assert.ok(now() - since >= 200 && now() - since < 5_000);
  });

  it('is a defect to report with its journal where it fails, or ends without a word', async () => {
    const ending = runCell({ order, journal }, { signal: never, onLine });
    writer = await open(order, 'w');
    await writer.writeFile('no order');
    await writer.close();
    await assert.rejects(ending, {
      ...{ code: 'CELL_FAILED', exit: 4, hint: `a defect of netproof: report it with ${journal}` },
    });

    const dying = runCell({ order, journal }, { signal: never, onLine });
    writer = await open(order, 'w');
    process.kill(await cellOf(order), 'SIGABRT');
    await assert.rejects(dying, {
      ...{ code: 'CELL_DIED', exit: 4, hint: `a defect of netproof: report it with ${journal}` },
    });
  });

  it('may be killed for want of memory, which is no defect', async () => {
    const ending = runCell({ order, journal }, { signal: never, onLine });
    writer = await open(order, 'w');
    process.kill(await cellOf(order), 'SIGKILL');
    await assert.rejects(ending, {
      ...{ code: 'CELL_KILLED', exit: 3 },
      hint: new RegExp(`Out of memory.*dmesg.*${journal}`),
    });
  });
});

/** The process id of the cell that reads an order. */
async function cellOf(order: string): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ')) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    if (argv.split('\0').includes(order)) return Number(pid);
  }
  return assert.fail(`no process was given ${order}`);
}
