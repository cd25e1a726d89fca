import { type JournalEvent, journalEvent, results, verdicts } from '@netproof/core';
import { z } from 'zod';

/*
 * The shape of results.json, published as reports/schema/report.schema.json. What the journal says is taken over
 * as it is, so the pieces are taken from the journal's schema.
 */

type EventSchema = (typeof journalEvent.options)[number];
type EventName = JournalEvent['event'];
type SchemaOf<E extends EventName> = Extract<
  EventSchema,
  { readonly shape: { readonly event: z.ZodLiteral<E> } }
>;

function schemaOf<E extends EventName>(name: E): SchemaOf<E> {
  return journalEvent.options.find(({ shape }) => shape.event.value === name) as SchemaOf<E>;
}

const runStarted = schemaOf('run-started').shape;
const cellStarted = schemaOf('cell-started').shape;
const checkFinished = schemaOf('check-finished').shape;
const kill = schemaOf('kill');
const count = z.number().int().min(0);
const time = z.iso.datetime();

/** A check's result, or how far it came: `unfinished` was running when the run ended, `not-run` never began. */
export const outcomes = [...results, 'unfinished', 'not-run'] as const;

/** How a result is shown, with what the cluster records of it: `known` failed, `unexpected-pass` passed. */
export const shownWords = [...outcomes, 'known', 'unexpected-pass'] as const;

const phases = z.array(schemaOf('phase').omit({ event: true, t: true }));

const run = z.object({
  id: z.string(),
  mode: runStarted.mode,
  coverage: runStarted.coverage,
  netproof: z.string(),
  argv: runStarted.argv,
  started: time,
  /** Time of the last event that was written. */
  ended: time,
  /** Killed, or stopped by its user: some of it is missing. */
  interrupted: z.boolean(),
  exit: z.number().int().optional(),
  message: z.string().optional(),
  machine: runStarted.machine,
  docker: z.string(),
  node: z.string(),
  provenance: runStarted.provenance,
  shard: runStarted.shard,
  /** Work that belongs to no cluster, because the run ended before there was one. */
  phases,
  /** Where journals end too early, in words. */
  stops: z.array(z.string()),
});

const cluster = z.object({
  name: z.string(),
  cni: z.string(),
  cniVersion: z.string(),
  kubernetes: z.string(),
  kubeProxy: z.string(),
  claims: cellStarted.claims,
  /** Why this machine cannot carry it; then it has no address range and no nodes. */
  notApplicable: schemaOf('cell-not-applicable').shape.reasons.optional(),
  provider: cellStarted.provider,
  podSubnet: cellStarted.podSubnet,
  nodes: cellStarted.nodes,
  interrupted: z.boolean(),
  phases,
  endpoints: schemaOf('probes-ready').shape.endpoints,
  streams: z.array(schemaOf('stream').omit({ event: true })),
  faults: z.array(z.object({ fault: z.string(), story: z.string(), effect: z.number().optional() })),
});

/** One check on one cluster, without a fault or under one. */
const outcome = z.object({
  cluster: z.string(),
  fault: z.string().optional(),
  result: z.enum(outcomes),
  ms: z.number().optional(),
  reason: z.string().optional(),
  judged: count,
  /** How many probes had which verdict; each of them is in the journal. */
  probes: z.partialRecord(z.enum(verdicts), count),
  samples: z.array(schemaOf('sample').omit({ event: true, t: true, check: true, fault: true })),
  latencies: z.array(schemaOf('latency').omit({ event: true, t: true, check: true, fault: true })),
  watches: z.array(schemaOf('watch').omit({ event: true, t: true, check: true, fault: true })),
  findings: checkFinished.findings,
  statistics: checkFinished.statistics,
  observations: checkFinished.observations,
  metrics: checkFinished.metrics,
  evidence: checkFinished.evidence,
  divergence: checkFinished.divergence,
  lastSeen: checkFinished.lastSeen,
  again: z.string().optional(),
});

const check = cellStarted.checks.element.extend({ outcomes: z.array(outcome) });

/** Of every document. */
export const head = { $schema: z.string(), apiVersion: z.literal('netproof.dev/v1') };

const said = {
  conclusion: z.object({
    result: z.enum([
      'pass',
      'fail',
      /** Nothing failed but what is known to. */
      'known',
      'unexpected-pass',
      'error',
      'inconclusive',
      'interrupted',
      'nothing-judged',
      'not-applicable',
    ]),
    sentence: z.string(),
  }),
  /**
   * `observed` counts as passed, `not-applicable` and `inconclusive` as skipped, an unexpected pass as failed; what failed
   * as the cluster records it is `known`, which is absent where there is none. In prove mode each kill counts.
   */
  totals: z.object({ passed: count, failed: count, skipped: count, known: count.optional() }),
};

/** results.json of a run. */
export const reportSchema = z.object({
  ...head,
  kind: z.literal('Report'),
  ...said,
  run,
  clusters: z.array(cluster),
  checks: z.array(check),
  killMatrix: z.array(kill.omit({ event: true, t: true }).extend({ cluster: z.string() })).optional(),
});

/** results.json of several runs. What single findings rest on is in the results.json of each run. */
export const mergedSchema = z.object({
  ...head,
  kind: z.literal('MergedReport'),
  /** Of all runs together. */
  ...said,
  /** In the order in which they began. */
  runs: z.array(
    z.object({
      /** Its cluster; with what tells it apart where several runs are of one cluster. */
      name: z.string(),
      /** Where its own report is, relative to this file: `bridge`. Of shards, the first's. */
      folder: z.string(),
      /** Of runs that each did a share of the checks and are told as one: where the report of each is. */
      shards: z.array(z.object({ shard: runStarted.shard.unwrap(), folder: z.string() })).optional(),
      ...said,
      run,
      /** Absent where the run ended before there was one. */
      cluster: cluster.optional(),
      /** How many cells of the kill matrix are as expected, are not, were left open, or do not apply. */
      kills: z.object({ expected: count, unexpected: count, open: count, notApplicable: count }).optional(),
    }),
  ),
  checks: z.array(
    cellStarted.checks.element.extend({
      /** What stands for the check in each run that had planned it: the worst that came without a fault. */
      outcomes: z.array(
        outcome
          .pick({ result: true, ms: true, reason: true, judged: true, again: true, divergence: true })
          .extend({ run: z.string(), findings: z.array(z.string()) }),
      ),
    }),
  ),
});

/** `$id` of the merged report's schema. */
export const mergedSchemaId = 'https://netproof.dev/schema/v1/merged-report.schema.json';

/** `$id` of the report's schema, and what every results.json names as its `$schema`. */
export const reportSchemaId = 'https://netproof.dev/schema/v1/report.schema.json';

/** `$id` of the schema of a line of journal.jsonl. */
export const journalSchemaId = 'https://netproof.dev/schema/v1/journal.schema.json';
