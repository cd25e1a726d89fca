import { worstExit } from '@netproof/core';
import { conclude } from './conclusion.ts';
import type { MergedRun, Part, ReportModel } from './model.ts';
import { spoken, verb } from './sentence.ts';
import { totalsOf } from './summarise.ts';

/** A run, or the shards of one as if they were it. */
export type Whole = Pick<MergedRun, 'folder' | 'model' | 'shards'>;

/** The folder in whose report a check is, or that of the first shard. */
export function folderOf({ folder, shards = [] }: Whole, check?: string): string {
  return shards.find(({ model }) => model.checks.some(({ id }) => id === check))?.folder ?? folder;
}

/**
 * Puts shards together that are of one run: on one cluster, of as many shares, no share and no check twice. Where one
 * comes twice there were two runs, of which nobody can tell which belong together, and each stands for itself. The
 * same run in two folders is one, as its last copy has it.
 */
export function joined(parts: readonly Part[]): readonly Whole[] {
  const whole = parts.filter(({ model }) => model.run.shard === undefined);
  const shards = parts.filter(({ model }) => model.run.shard !== undefined);
  const copies = Map.groupBy(shards, (part) =>
    JSON.stringify([keyOf(part), part.model.run.id, indexOf(part)]),
  );
  const once = [...copies.values()].map(
    (some) => some.toSorted((a, b) => b.model.run.ended.localeCompare(a.model.run.ended, 'en'))[0]!,
  );
  // Where all are the same share of several clusters, nobody looks for the others.
  const looking = new Set(once.map(indexOf)).size > 1;
  const groups = [...Map.groupBy(once, keyOf).values()];
  return [...whole, ...groups.flatMap((some) => (isOneRun(some) && looking ? [together(some)] : some))];
}

function keyOf({ folder, model: { run, clusters } }: Part): string {
  const name = clusters[0]?.name ?? folder.split('/').at(-1);
  return JSON.stringify([name, run.mode, run.shard?.of]);
}

function indexOf({ model }: Part): number {
  return model.run.shard?.index ?? 0;
}

function isOneRun(some: readonly Part[]): boolean {
  const checks = some.flatMap(({ model }) => model.checks.map(({ id }) => id));
  return new Set(some.map(indexOf)).size === some.length && new Set(checks).size === checks.length;
}

function together(some: readonly Part[]): Whole {
  const shards = some.toSorted((a, b) => indexOf(a) - indexOf(b));
  const [first] = shards as readonly Part[] as readonly [Part, ...Part[]];
  const models = shards.map(({ model }) => model);
  const runs = models.map(({ run }) => run);
  const by = (a: string, b: string) => a.localeCompare(b, 'en');
  const { shard, exit: _, message: __, ...facts } = first.model.run;
  const exits = runs.flatMap(({ exit }) => exit ?? []);
  // One that has none yet hides more than any.
  const exit = exits.length < runs.length ? undefined : worstExit(exits);
  const messages = runs.flatMap(({ message }) => message ?? []);
  // One whose machine could not carry the cluster judged nothing, where others did.
  const judging = shards.filter(({ model }) => model.clusters[0]?.notApplicable === undefined);
  const here = judging.length > 0 ? judging : shards;
  const missing = numbers(shard?.of ?? 0).filter((index) => !here.some((part) => indexOf(part) === index));
  const why = `${verb(missing.length, 'Shard', 'Shards')} ${spoken(missing.map(String))} of ${shard?.of} ${verb(missing.length, 'is', 'are')} missing.`;
  const checks = models.flatMap((model) => model.checks).toSorted((a, b) => by(a.id, b.id));
  const kills = models.flatMap(({ killMatrix }) => killMatrix ?? []);
  const results = { checks, ...(facts.mode === 'prove' && { killMatrix: kills }) };
  const model = {
    run: {
      ...facts,
      started: runs.map(({ started }) => started).toSorted(by)[0]!,
      ended: runs
        .map(({ ended }) => ended)
        .toSorted(by)
        .at(-1)!,
      interrupted: runs.some(({ interrupted }) => interrupted),
      ...(exit !== undefined && { exit }),
      ...(messages.length > 0 && { message: messages.join('\n') }),
      phases: runs.flatMap(({ phases }) => phases),
      stops: [...runs.flatMap(({ stops }) => stops), ...(missing.length > 0 ? [why] : [])],
    },
    clusters: clusterOf(models),
    totals: totalsOf([results]),
    ...results,
  };
  const said = conclude(model);
  if (missing.length === 0) return { folder: first.folder, shards, model: { conclusion: said, ...model } };
  const bad = ['fail', 'unexpected-pass', 'error'].includes(said.result);
  const conclusion = {
    result: bad ? said.result : ('interrupted' as const),
    sentence: `${said.sentence} ${why}`,
  };
  return { folder: first.folder, shards, model: { conclusion, ...model } };
}

/** Each shard made the cluster anew: what it is is the same, what happened on it is not. */
function clusterOf(models: readonly ReportModel[]): ReportModel['clusters'] {
  const all = models.flatMap(({ clusters }) => clusters);
  const [first] = all.toSorted((a, b) => b.nodes.length - a.nodes.length);
  if (first === undefined) return [];
  return [
    {
      ...first,
      interrupted: all.some(({ interrupted }) => interrupted),
      phases: all.flatMap(({ phases }) => phases),
      streams: all.flatMap(({ streams }) => streams),
      faults: all.flatMap(({ faults }) => faults),
    },
  ];
}

const numbers = (of: number): readonly number[] => Array.from({ length: of }, (_, at) => at + 1);
