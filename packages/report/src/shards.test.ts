import assert from 'node:assert/strict';
import type { JournalEvent, Shard } from '@netproof/core';
import { merge } from './merge.ts';
import type { Part } from './model.ts';
import { renderHtml } from './render-html.ts';
import { renderJunit } from './render-junit.ts';
import { renderMergedHtml } from './render-merged-html.ts';
import { renderMergedJson } from './render-merged-json.ts';
import { mergedSchema } from './schema.ts';
import { summarise } from './summarise.ts';
import { assertInert, idsOf } from './testing/markup.ts';
import { severalRuns } from './testing/several.ts';

const { bridge = [], 'flannel-vxlan': flannel = [], 'cilium-native': notCarried = [] } = severalRuns();

/** What a run leaves that did only one share of the checks, hours later. */
function shardOf(events: readonly JournalEvent[], shard: Shard, run = `run-${shard.index}`, hours = 0): Part {
  const [begun] = events.flatMap((event) => (event.event === 'cell-started' ? [event.checks] : []));
  const ids = begun?.map(({ id }) => id).filter((_, at) => at % shard.of === shard.index - 1);
  const own = events.flatMap((event): readonly JournalEvent[] => {
    const t = new Date(Date.parse(event.t) + (hours + shard.index) * 3_600_000).toISOString();
    if ('check' in event && !ids?.includes(event.check)) return [];
    if (event.event === 'run-started') return [{ ...event, t, run, shard }];
    if (event.event === 'cell-started')
      return [{ ...event, t, checks: event.checks.filter(({ id }) => ids?.includes(id)) }];
    return [{ ...event, t }];
  });
  const folder = `${run}-${shard.index}`;
  return { folder, model: summarise({ file: `${folder}/journal.jsonl`, events: own }) };
}

const shards = (events: readonly JournalEvent[], of: number, hours = 0, run?: string): readonly Part[] =>
  Array.from({ length: of }, (_, at) => shardOf(events, { index: at + 1, of }, run, hours));
const whole = (events: readonly JournalEvent[]) =>
  merge([{ folder: 'whole', model: summarise({ file: 'journal.jsonl', events }) }]);
const came = ({ checks }: ReturnType<typeof merge>) =>
  checks.map(({ id, outcomes }) => [id, outcomes.map((outcome) => outcome?.result)]);

describe('shards', () => {
  it('are told as the run that they are shares of, whichever is named first', () => {
    for (const events of [bridge, flannel]) {
      for (const order of [shards(events, 3), shards(events, 3).toReversed()]) {
        const merged = merge(order);
        assert.equal(merged.runs.length, 1);
        assert.equal(merged.runs[0]?.name, whole(events).runs[0]?.name);
        assert.deepEqual(merged.totals, whole(events).totals);
        assert.deepEqual(came(merged), came(whole(events)));
        assert.equal(merged.conclusion.sentence, whole(events).conclusion.sentence);
      }
    }
  });

  it('stand beside other clusters, which may be shares too', () => {
    const merged = merge([...shards(bridge, 2), ...shards(flannel, 3)]);
    assert.deepEqual(
      merged.runs.map(({ name, shards }) => [name, shards?.length]),
      [
        ['bridge', 2],
        ['flannel-vxlan', 3],
      ],
    );
  });

  it('do not look whole where one is missing', () => {
    const [one, , three] = shards(bridge, 3);
    const merged = merge([one!, three!]);
    assert.equal(merged.runs.length, 1);
    assert.equal(merged.conclusion.result, 'interrupted');
    assert.match(merged.conclusion.sentence, /Shard 2 of 3 is missing\.$/);
    const lonely = merge([...shards(bridge, 3), shardOf(flannel, { index: 2, of: 3 })]).runs[1];
    assert.match(lonely?.model.conclusion.sentence ?? '', /Shards 1 and 3 of 3 are missing\.$/);
    const passes = { reason: 'r', reference: 'https://example.org/1', expires: '2027-03-01', expired: false };
    const recorded = bridge.map(
      (event): JournalEvent => (event.event === 'check-finished' ? { ...event, divergence: passes } : event),
    );
    // What somebody has to act on does not wait for the others.
    const { result, sentence } = merge(shards(recorded, 3).slice(1)).conclusion;
    assert.equal(result, 'unexpected-pass');
    assert.match(sentence, /Shard 1 of 3 is missing\.$/);
    const idle = merge([...shards(bridge, 3).slice(1), shardOf(notCarried, { index: 1, of: 3 })]);
    assert.equal(idle.runs.length, 2);
    assert.match(idle.runs[0]?.model.conclusion.sentence ?? '', /missing/);
  });

  it('of two runs stay apart, so that the same check is told twice and by its run', () => {
    const merged = merge([...shards(bridge, 2), ...shards(bridge, 2, 24, 'later')]);
    assert.deepEqual(
      merged.runs.map(({ name }) => name),
      [
        'bridge, shard 1/2 of 2026-11-21 11:13:05 UTC',
        'bridge, shard 2/2 of 2026-11-21 12:13:05 UTC',
        'bridge, shard 1/2 of 2026-11-22 11:13:05 UTC',
        'bridge, shard 2/2 of 2026-11-22 12:13:05 UTC',
      ],
    );
    assert.equal(merged.totals.passed, 2 * whole(bridge).totals.passed);
  });

  it('that were copied count once', () => {
    const parts = shards(bridge, 2);
    const copies = parts.map((part) => ({ ...part, folder: `copy/${part.folder}` }));
    assert.deepEqual(merge([...parts, ...copies]).totals, whole(bridge).totals);
  });

  it('of the same number on several clusters are nothing but these', () => {
    const merged = merge([shardOf(bridge, { index: 1, of: 3 }), shardOf(flannel, { index: 1, of: 3 })]);
    assert.deepEqual(
      merged.runs.map(({ name }) => name),
      ['bridge, shard 1/3', 'flannel-vxlan, shard 1/3'],
    );
    assert.doesNotMatch(merged.conclusion.sentence, /missing/);
  });

  it('are linked to where each check is told', () => {
    const merged = merge([
      ...shards(flannel, 3),
      { folder: 'b', model: summarise({ file: '', events: bridge }) },
    ]);
    const text = renderMergedHtml(merged);
    assertInert(text);
    const pages = new Map<string, readonly (string | undefined)[]>(
      merged.runs.flatMap((run) =>
        (run.shards ?? [run]).map(
          ({ folder, model }) => [`${folder}/index.html`, idsOf(renderHtml(model))] as const,
        ),
      ),
    );
    assert.equal(pages.size, 4);
    for (const [link, file = '', target] of text.matchAll(/ href="([^"#]*)#?([^"]*)"/g)) {
      if (file === '' || file === 'results.json') continue;
      assert.ok(pages.has(file), link);
      if (target) assert.ok(pages.get(file)?.includes(target), link);
    }
    for (const page of pages.keys()) assert.ok(text.includes(`href="${page}"`), page);
  });

  it('are in the report for machines with their folders', () => {
    const merged = merge(shards(bridge, 2));
    const { runs } = mergedSchema.parse(JSON.parse(renderMergedJson(merged)));
    assert.deepEqual(runs[0]?.shards, [
      { shard: { index: 1, of: 2 }, folder: 'run-1-1' },
      { shard: { index: 2, of: 2 }, folder: 'run-2-2' },
    ]);
    assert.equal(renderJunit(merged).match(/<testcase /g)?.length, 15);
  });
});
