import type { Change, Diff } from './diff-schema.ts';
import type { Merged, MergedRun, ShownWord } from './model.ts';
import { badness, gistOf } from './outcome.ts';
import { wordOf } from './suite-rows.ts';
import { versionChanges } from './versions.ts';

/** Runs side by side, and the folder that was named for them. */
export interface Side {
  readonly folder: string;
  readonly merged: Merged;
}

/**
 * What changed from one side to the other, cluster × check. Of several runs on one cluster the worst result stands, of a
 * proof what came without a fault.
 */
export function diff(before: Side, after: Side): Diff {
  const [was, is] = [clustersOf(before), clustersOf(after)];
  const both = [...was.keys()].filter((cluster) => is.has(cluster));
  const ids = [
    ...new Set([before, after].flatMap(({ merged }) => merged.checks.map(({ id }) => id))),
  ].toSorted((a, b) => a.localeCompare(b, 'en'));
  const found = both.flatMap((cluster) =>
    ids.flatMap((check) => {
      const [old, now] = [standOf(before, cluster, check), standOf(after, cluster, check)];
      if (old === undefined && now === undefined) return [];
      const change: Change = {
        cluster,
        check,
        ...(old && { before: old.word }),
        ...(now && { after: now.word }),
        ...(now?.message !== undefined && { message: now.message }),
      };
      return [{ kind: kindOf(old?.word, now?.word), change }];
    }),
  );
  const those = (kind: Kind) => found.flatMap((one) => (one.kind === kind ? [one.change] : []));
  return {
    before: sideOf(before),
    after: sideOf(after),
    broke: those('broke'),
    mended: those('mended'),
    new: those('new'),
    gone: those('gone'),
    otherwise: those('otherwise'),
    same: those('same').length,
    versions: both.flatMap((cluster) => versionChanges(cluster, was.get(cluster)!, is.get(cluster)!)),
    onlyBefore: [...was.keys()].filter((cluster) => !is.has(cluster)),
    onlyAfter: [...is.keys()].filter((cluster) => !was.has(cluster)),
  };
}

type Kind = 'broke' | 'mended' | 'new' | 'gone' | 'otherwise' | 'same';

const good: readonly ShownWord[] = ['pass', 'observed', 'unexpected-pass'];
const bad: readonly ShownWord[] = ['fail', 'known'];

function kindOf(before: ShownWord | undefined, after: ShownWord | undefined): Kind {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  if (before === after) return 'same';
  // Also where it was not known before, or did not apply: whoever compares must not read of it among the rest.
  if (after === 'fail' && !bad.includes(before)) return 'broke';
  return bad.includes(before) && good.includes(after) ? 'mended' : 'otherwise';
}

function clustersOf({ merged }: Side): ReadonlyMap<string, readonly MergedRun[]> {
  return Map.groupBy(merged.runs, ({ cluster }) => cluster);
}

/** What came of a check on a cluster; undefined where no run there had planned it. */
function standOf(
  { merged }: Side,
  cluster: string,
  check: string,
): { readonly word: ShownWord; readonly message?: string } | undefined {
  const outcomes = merged.checks.find(({ id }) => id === check)?.outcomes ?? [];
  const all = merged.runs.flatMap((run, at) => {
    const outcome = outcomes[at];
    const word = run.cluster === cluster ? wordOf(run, outcome) : undefined;
    if (word === undefined) return [];
    // Where a check came to nothing, its run says why.
    return [{ word, message: outcome ? gistOf(outcome) : run.model.conclusion.sentence }];
  });
  const [worst] = all.toSorted((a, b) => badness.indexOf(a.word) - badness.indexOf(b.word));
  if (worst === undefined) return undefined;
  const { word, message } = worst;
  return message === undefined ? { word } : { word, message };
}

function sideOf({ folder, merged }: Side): Diff['before'] {
  return {
    folder,
    runs: merged.runs.map(({ cluster, model: { run, conclusion } }) => ({
      id: run.id,
      cluster,
      started: run.started,
      sentence: conclusion.sentence,
    })),
  };
}
