import type { JournalCell, JournalEvent } from '@netproof/core';
import type { z } from 'zod';
import type { mergedSchema, outcomes, reportSchema, shownWords } from './schema.ts';

/** results.json as a value. */
export type Results = z.infer<typeof reportSchema>;

/** results.json of several runs as a value. */
export type MergedResults = z.infer<typeof mergedSchema>;

export type MergedKills = NonNullable<MergedResults['runs'][number]['kills']>;

/** A check's result, or how far it came. */
export type OutcomeWord = (typeof outcomes)[number];

/** The same, with what the cluster records of it. */
export type ShownWord = (typeof shownWords)[number];

export type EventOf<E extends JournalEvent['event']> = Extract<JournalEvent, { event: E }>;

export type ClusterFacts = Results['clusters'][number];
export type Kill = NonNullable<Results['killMatrix']>[number];
export type Conclusion = Results['conclusion'];
export type Run = Results['run'];

/** One check on one cluster, with every probe and every lookup that it made. */
export interface Outcome extends OutcomeFacts {
  readonly cells: readonly JournalCell[];
  readonly lookups: readonly EventOf<'lookup'>[];
  readonly steps: readonly EventOf<'isolation'>[];
}
type OutcomeFacts = CheckFacts['outcomes'][number];
type CheckFacts = Results['checks'][number];

/** One requirement and what came of it, cluster by cluster, in the order of the journals. */
export interface CheckReport extends Omit<CheckFacts, 'outcomes'> {
  readonly outcomes: readonly Outcome[];
}

/** All that reports are rendered from: results.json and every probe's verdict. */
export interface ReportModel extends Omit<Results, '$schema' | 'apiVersion' | 'kind' | 'checks'> {
  readonly checks: readonly CheckReport[];
}

/** A run's model, and where its own report is, relative to the merged one: `bridge`. */
export interface Part {
  readonly folder: string;
  readonly model: ReportModel;
}

/** One of several runs, or what several shards of one come to. */
export interface MergedRun extends Part {
  readonly cluster: string;
  /** Its cluster; with what tells it apart where several runs are of one cluster. */
  readonly name: string;
  /** In the order of their numbers; `folder` is the first's. Absent where it is one run. */
  readonly shards?: readonly Part[];
}

/** One requirement, and what stands for it in each run, in the runs' order; nothing where it was not planned. */
export interface MergedCheck extends Omit<CheckFacts, 'outcomes'> {
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** All that merged reports are rendered from. */
export interface Merged {
  readonly conclusion: Conclusion;
  readonly totals: MergedResults['totals'];
  readonly runs: readonly MergedRun[];
  readonly checks: readonly MergedCheck[];
}
