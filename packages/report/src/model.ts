import type { JournalCell, JournalEvent } from '@netproof/core';
import type { z } from 'zod';
import type { outcomes, reportSchema } from './schema.ts';

/** results.json as a value. */
export type Results = z.infer<typeof reportSchema>;

/** A check's result, or how far it came. */
export type OutcomeWord = (typeof outcomes)[number];

export type EventOf<E extends JournalEvent['event']> = Extract<JournalEvent, { event: E }>;

export type ClusterFacts = Results['clusters'][number];
export type Kill = NonNullable<Results['killMatrix']>[number];
export type Conclusion = Results['conclusion'];
export type Run = Results['run'];

/** One check on one cluster, with every probe and every lookup that it made. */
export interface Outcome extends OutcomeFacts {
  readonly cells: readonly JournalCell[];
  readonly lookups: readonly EventOf<'lookup'>[];
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
