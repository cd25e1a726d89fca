import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '@netproof/core';
import { z } from 'zod';
import { compareRuns } from './compare-runs.ts';
import { renderDiffJson } from './render-diff.ts';
import { failingRun, passingRun } from './testing/runs.ts';
import { severalRuns } from './testing/several.ts';
import { writeMergedReport } from './write-merged.ts';

describe('compareRuns', () => {
  let top = '';
  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'netproof-diff-'));
  });
  afterEach(() => rm(top, { recursive: true }));

  async function runIn(name: string, events: readonly JournalEvent[] | string): Promise<string> {
    const folder = join(top, name);
    await mkdir(folder, { recursive: true });
    const text =
      typeof events === 'string' ? events : events.map((one) => `${JSON.stringify(one)}\n`).join('');
    await writeFile(join(folder, 'journal.jsonl'), text);
    return folder;
  }

  it('compares the folders of two runs', async () => {
    const found = await compareRuns(await runIn('one', passingRun()), await runIn('two', failingRun()));
    assert.equal(found.broke.length, 1);
    assert.equal(found.after.folder, join(top, 'two'));
    assert.match(found.after.runs[0]?.sentence ?? '', /1 of 2 checks on bridge fails/);
  });

  it('compares a run on several clusters, and runs that were put side by side elsewhere', async () => {
    for (const [name, events] of Object.entries(severalRuns())) await runIn(`run/${name}`, events);
    const runs = ['bridge', 'flannel-vxlan'].map((name) => join(top, 'run', name));
    await writeMergedReport(runs, join(top, 'beside'));
    const { same, onlyBefore, broke } = await compareRuns(join(top, 'run'), join(top, 'beside'));
    assert.deepEqual([same, broke], [30, []]);
    assert.deepEqual(onlyBefore, ['calico-vxlan', 'cilium-native']);
  });

  it('compares shards as the run that they are shares of, with all of their machines', async () => {
    const { bridge = [] } = severalRuns();
    const share = (index: number): readonly JournalEvent[] => {
      const mine = (_: unknown, at: number) => at % 2 === index - 1;
      const ids = bridge.flatMap((event) =>
        event.event === 'cell-started' ? event.checks.filter(mine) : [],
      );
      const isMine = (check: string) => ids.some(({ id }) => id === check);
      return bridge.flatMap((event): readonly JournalEvent[] => {
        if ('check' in event && !isMine(event.check)) return [];
        if (event.event === 'cell-started') return [{ ...event, checks: ids }];
        if (event.event !== 'run-started') return [event];
        const machine = { ...event.machine, kernel: `6.19.${index}` };
        return [{ ...event, run: `run-${index}`, machine, shard: { index, of: 2 } }];
      });
    };
    const shards = [await runIn('elsewhere/a', share(1)), await runIn('elsewhere/b', share(2))];
    await writeMergedReport(shards, join(top, 'beside'));
    const { same, gone, versions } = await compareRuns(await runIn('whole', bridge), join(top, 'beside'));
    assert.deepEqual([same, gone], [15, []]);
    assert.deepEqual(
      versions.map(({ what, after }) => [what, after]),
      [['kernel', '6.19.1, 6.19.2']],
    );
  });

  it('writes what its published schema says', async () => {
    const found = await compareRuns(await runIn('one', passingRun()), await runIn('two', failingRun()));
    const file = new URL('../../../reports/schema/diff.schema.json', import.meta.url);
    const schema = z.fromJSONSchema(JSON.parse(await readFile(file, 'utf8')));
    const written = JSON.parse(renderDiffJson(found));
    assert.equal(schema.safeParse(written).error, undefined);
    assert.equal(schema.safeParse({ ...written, broke: 'nothing' }).success, false);
  });

  it('says at once of both folders what they are not', async () => {
    await mkdir(join(top, 'empty'));
    const bad = await runIn('bad', 'what?\n');
    await assert.rejects(compareRuns(join(top, 'empty'), bad), (error: Error) => {
      assert.match(error.message, /there is no journal\.jsonl in .*empty/);
      assert.match(error.message, /bad\/journal\.jsonl:1: not an event/);
      assert.equal((error as { exit?: number }).exit, 2);
      assert.match((error as { hint?: string }).hint ?? '', /name two folders of runs/);
      return true;
    });
    const good = await runIn('good', passingRun());
    await assert.rejects(compareRuns(good, join(top, 'nowhere')), { code: 'JOURNAL_MISSING', exit: 2 });
  });

  it('does not call it well that nothing is compared', async () => {
    const [bridge, flannel] = [severalRuns().bridge!, severalRuns()['flannel-vxlan']!];
    const folders = [await runIn('one', bridge), await runIn('two', flannel)] as const;
    await assert.rejects(compareRuns(...folders), {
      code: 'NOTHING_IN_COMMON',
      exit: 2,
      message: /no cluster is in both: .*one is of bridge; .*two is of flannel-vxlan$/,
    });
  });
});
