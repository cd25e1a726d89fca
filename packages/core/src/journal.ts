import { z } from 'zod';
import { coverages } from './coverage.ts';
import { recordedDivergence } from './divergence.ts';
import { awaited, edges } from './edge.ts';
import { expectations } from './fault.ts';
import { lookupVerdicts } from './lookup.ts';
import { results } from './result.ts';
import { verdicts } from './verdict.ts';

/*
 * The journal is one JSON object a line, appended while the run goes on. Every report is rendered from it
 * and from nothing else, so these shapes are published: reports/schema/journal.schema.json.
 */

const endpoint = z.object({
  kind: z.enum(['pod', 'node', 'container', 'outside']),
  id: z.string(),
  node: z.string(),
  ip: z.string(),
});

const port = z.object({ protocol: z.enum(['TCP', 'UDP', 'ICMP']), port: z.number().int() });

/** From a source port that was chosen, or from a fresh one. */
const askedPort = port.extend({ sourcePort: z.number().int().optional() });

const cell = z.object({
  source: z.string(),
  sourceNode: z.string(),
  sourceIP: z.string(),
  target: z.string(),
  targetNode: z.string().optional(),
  address: z.string(),
  port: askedPort,
  verdict: z.enum(verdicts),
  attempts: z.number().int(),
  answered: z.number().int(),
  ms: z.number().optional(),
  server: z.string().optional(),
  clientSeenAs: z.string().optional(),
  clientAddress: z.string().optional(),
  reason: z.string().optional(),
});

/** What was asked of a nameserver. */
const question = {
  source: z.string(),
  server: z.string(),
  transport: z.enum(['TCP', 'UDP']),
  name: z.string(),
  type: z.string(),
};

const record = z.object({ name: z.string(), type: z.string(), ttl: z.number().int(), data: z.string() });

const statistic = z.object({
  name: z.string(),
  value: z.number(),
  degreesOfFreedom: z.number(),
  p: z.number(),
  alpha: z.number(),
  samples: z.number().int(),
  detects: z.string(),
});

const finding = z.object({
  kind: z.enum(['fail', 'inconclusive', 'error']),
  message: z.string(),
  /** Those that show it; `text` says what is wrong with each. */
  cells: z.array(cell.extend({ text: z.string().optional() })).optional(),
  of: z.number().int().optional(),
  /** The sample that shows it, as its own event names it. */
  sample: z.object({ source: z.string(), target: z.string(), port }).optional(),
  /** The lookups that show it; `text` says what is wrong with each. */
  lookups: z.array(z.object({ ...question, text: z.string() })).optional(),
});

/** A file that was kept beside the journal; its path is relative to the journal's folder: `evidence/<check>/nat.txt`. */
const evidence = z.object({ title: z.string(), file: z.string() });

const observation = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
});

const unit = z.enum(['ms', '%']);

/** A number that a check measured and nobody judges. */
const metric = z.object({ name: z.string(), unit, value: z.number() });

/** A metric without a fault and under it. */
const move = z.object({
  metric: z.string(),
  unit,
  /** What it must have moved by. */
  by: z.number(),
  was: z.number().optional(),
  is: z.number().optional(),
  asExpected: z.boolean(),
});

const checkFacts = z.object({
  id: z.string(),
  requirement: z.string(),
  source: z.string(),
  covers: z.array(z.string()),
  must: z.array(z.string()),
  may: z.array(z.string()),
  /** Faults under which it must say that it does not know; absent where there is none. */
  cloudedBy: z.array(z.string()).optional(),
  /** Faults under which it must pass, and what each of them must add to its metrics, by their names. */
  movedBy: z.record(z.string(), z.record(z.string(), z.number())).optional(),
});

/** Where something that ran came from. `built` never carries an upstream digest. */
const provenance = z.object({
  name: z.string(),
  version: z.string(),
  origin: z.enum(['pulled', 'built', 'present']),
  /** What it was built from, and what was changed: `k8s.io/kubernetes v1.36.3`. */
  from: z.string(),
  /** Digest of what was pulled or brought, id of an image of the local Docker, or the build's content key. */
  key: z.string().optional(),
});

const arm = z.enum(['path', 'baseline']);

/** How many times as long the path took as its baseline, with the interval that holds it. */
const ratio = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  /** The check fails where the whole interval lies above. */
  limit: z.number().optional(),
});

/** What a cluster is made of. */
const variant = {
  cluster: z.string(),
  cni: z.string(),
  cniVersion: z.string(),
  kubernetes: z.string(),
  kubeProxy: z.string(),
  claims: z.array(z.string()),
};

const at = { t: z.iso.datetime() };

/** Which of how many shares of the checks a run does, from 1 on. */
const shard = z.object({ index: z.number().int().min(1), of: z.number().int().min(1) });

export const journalEvent = z.discriminatedUnion('event', [
  z.object({
    ...at,
    event: z.literal('run-started'),
    run: z.string(),
    mode: z.enum(['run', 'prove']),
    /** Which pairs of matrices were asked. */
    coverage: z.enum(coverages).default('all'),
    netproof: z.string(),
    argv: z.array(z.string()),
    machine: z.object({ kernel: z.string(), os: z.string(), cpus: z.number(), memoryBytes: z.number() }),
    docker: z.string(),
    node: z.string(),
    provenance: z.array(provenance),
    /** Absent where it does them all. */
    shard: shard.optional(),
  }),
  /** A run that was broken off goes on, with the checks that had come to no result. */
  z.object({
    ...at,
    event: z.literal('run-resumed'),
    run: z.string(),
    netproof: z.string(),
    argv: z.array(z.string()),
    provenance: z.array(provenance),
  }),
  z.object({
    ...at,
    event: z.literal('cell-started'),
    ...variant,
    /** Where it comes from, where netproof did not make it. */
    provider: z.literal('existing').optional(),
    /** Absent where it is not known. */
    podSubnet: z.string().optional(),
    nodes: z.array(
      z.object({ name: z.string(), ip: z.string(), podCIDR: z.string(), controlPlane: z.boolean() }),
    ),
    checks: z.array(checkFacts),
  }),
  /** What was found out of a cluster that netproof did not make, before its checks. */
  z.object({
    ...at,
    event: z.literal('cluster-detected'),
    facts: z.array(
      z.object({
        /** `CNI`, `kube-proxy`, `NetworkPolicy`. */
        name: z.string(),
        value: z.string(),
        /** What says so: `DaemonSet kube-system/calico-node`. */
        from: z.string(),
      }),
    ),
  }),
  /** A cluster that this machine cannot carry: nothing was made and nothing is judged. */
  z.object({
    ...at,
    event: z.literal('cell-not-applicable'),
    ...variant,
    /** What is missing, each in words: `ipip: CONFIG_NET_IPIP not set in /proc/config.gz`. */
    reasons: z.array(z.string()),
  }),
  /** A part of the work that took time: `kind create`, `CNI`, `probes`. */
  z.object({
    ...at,
    event: z.literal('phase'),
    phase: z.string(),
    ms: z.number(),
    /** Why what it waited for did not come, where the run goes on without. */
    why: z.string().optional(),
  }),
  z.object({ ...at, event: z.literal('probes-ready'), endpoints: z.array(endpoint) }),
  /** A control stream was lost, came back, or stayed away. */
  z.object({
    ...at,
    event: z.literal('stream'),
    endpoint: z.string(),
    state: z.enum(['lost', 'returned', 'gone']),
    message: z.string(),
  }),
  z.object({ ...at, event: z.literal('check-started'), check: z.string(), fault: z.string().optional() }),
  z.object({ ...at, event: z.literal('verdict'), check: z.string(), fault: z.string().optional(), cell }),
  z.object({
    ...at,
    event: z.literal('sample'),
    check: z.string(),
    fault: z.string().optional(),
    source: z.string(),
    target: z.string(),
    address: z.string(),
    port,
    connections: z.number().int(),
    servers: z.record(z.string(), z.number().int()),
    verdicts: z.partialRecord(z.enum(verdicts), z.number().int()),
    ms: z.number(),
    reason: z.string().optional(),
  }),
  /** One step of a check of isolation: what its policies must allow, and what was seen. */
  z.object({
    ...at,
    event: z.literal('isolation'),
    check: z.string(),
    fault: z.string().optional(),
    title: z.string(),
    /** In the order of rows and columns. */
    endpoints: z.array(z.object({ id: z.string(), node: z.string() })),
    /** A letter for each ordered pair, row by row: `.` allowed, `X` denied, `?` left open or not known. */
    grids: z.array(z.object({ title: z.string(), expected: z.string(), observed: z.string() })),
    /** Pairs that were not as expected in each sample, and when it ended after the change was sent. */
    curve: z.array(z.object({ ms: z.number(), wrong: z.number().int(), unknown: z.number().int() })),
    policies: z.array(z.looseObject({ kind: z.string() })),
    podLabels: z.record(z.string(), z.record(z.string(), z.string())),
    namespaceLabels: z.record(z.string(), z.record(z.string(), z.string())),
    ms: z.number(),
  }),
  /** One path against its baseline, measured in turns. Times are in microseconds. */
  z.object({
    ...at,
    event: z.literal('latency'),
    check: z.string(),
    fault: z.string().optional(),
    /** In words: `pod → pod, other node, new connections`. */
    path: z.string(),
    baseline: z.string(),
    /** In the order in which they were measured. */
    blocks: z.array(
      z.object({
        arm,
        n: z.number().int(),
        quantiles: z.object({
          p50: z.number(),
          p90: z.number(),
          p95: z.number(),
          p99: z.number(),
          max: z.number(),
        }),
      }),
    ),
    ratio: z.object({ p50: ratio, p99: ratio.optional() }),
    /** Of the intervals: 0.99. */
    confidence: z.number(),
    /** How many values lie above the last bound of their arm and up to `upTo`. */
    histogram: z.array(z.object({ arm, upTo: z.number(), count: z.number().int() })),
    /** What was watched so that noise is not taken for latency. */
    guards: z.array(z.object({ name: z.string(), value: z.string(), ok: z.boolean() })),
  }),
  /** One question to a nameserver. */
  z.object({
    ...at,
    event: z.literal('lookup'),
    check: z.string(),
    fault: z.string().optional(),
    ...question,
    verdict: z.enum(lookupVerdicts),
    rcode: z.string().optional(),
    records: z.array(record).optional(),
    truncated: z.boolean().optional(),
    ms: z.number().optional(),
    reason: z.string().optional(),
  }),
  /** One pair tried again and again while something changed. All times are in milliseconds since the first try. */
  z.object({
    ...at,
    event: z.literal('watch'),
    check: z.string(),
    fault: z.string().optional(),
    source: z.string(),
    target: z.string(),
    address: z.string(),
    port,
    until: z.enum(awaited),
    acceptedAt: z.number().optional(),
    settledAt: z.number().optional(),
    /** Known tries per second, the longest time without one, and how often more than two in a row are missing. */
    rate: z.number(),
    longestGap: z.number(),
    stalls: z.number().int(),
    clockUncertainty: z.number(),
    /** Tries of the same verdict in a row as one; `from` and `to` are starts. */
    tries: z.array(
      z.object({ from: z.number(), to: z.number(), verdict: z.enum(verdicts), n: z.number().int() }),
    ),
    /** When the change was in force, in milliseconds since it was accepted. */
    edge: z
      .object({
        kind: z.enum(edges),
        ms: z.number(),
        flaps: z.number().int(),
        leaked: z.number().int(),
        resolution: z.number(),
      })
      .optional(),
    /** Why there is no edge. */
    reason: z.string().optional(),
  }),
  z.object({
    ...at,
    event: z.literal('check-finished'),
    check: z.string(),
    fault: z.string().optional(),
    result: z.enum(results),
    ms: z.number(),
    reason: z.string().optional(),
    judged: z.number().int(),
    findings: z.array(finding),
    statistics: z.array(statistic),
    observations: z.array(observation),
    metrics: z.array(metric).optional(),
    evidence: z.array(evidence).optional(),
    /** What the cluster records of it, where that is that it fails; `result` is what it came to all the same. */
    divergence: recordedDivergence.optional(),
    /** How far one more probe came, by the captures of its nodes: which pair, and where it was seen for the last time. */
    lastSeen: z.string().optional(),
    /** The command that repeats it. */
    again: z.string(),
  }),
  z.object({ ...at, event: z.literal('fault-applied'), fault: z.string(), story: z.string() }),
  z.object({ ...at, event: z.literal('fault-reverted'), fault: z.string(), effect: z.number() }),
  /**
   * One cell of the kill matrix. `fault` is `none` for the runs without one: of all checks before the
   * first and after the last, of those that a fault concerns after each.
   */
  z.object({
    ...at,
    event: z.literal('kill'),
    fault: z.string(),
    check: z.string(),
    expectation: z.enum(expectations),
    result: z.enum(results),
    /** Of a fault that must move metrics: each of them, against the last time without a fault. */
    moves: z.array(move).optional(),
    asExpected: z.boolean(),
    /** Noise left open what had to be red, so that it was asked once more: the next cell of the same names has the answer. */
    askedAgain: z.boolean().optional(),
  }),
  z.object({ ...at, event: z.literal('cell-finished'), cluster: z.string() }),
  z.object({
    ...at,
    event: z.literal('run-finished'),
    exit: z.number().int(),
    message: z.string().optional(),
  }),
]);

export type JournalEvent = z.infer<typeof journalEvent>;

type WithoutTime<E> = E extends JournalEvent ? Omit<E, 't'> : never;

/** An event as its writer gives it; the journal adds the time. */
export type NewEvent = WithoutTime<JournalEvent>;

export type JournalCell = z.infer<typeof cell>;
export type Shard = z.infer<typeof shard>;
export type Provenance = z.infer<typeof provenance>;

/** The journal's JSON Schema (draft 2020-12), as published. */
export function journalSchema(): object {
  return z.toJSONSchema(journalEvent, { target: 'draft-2020-12' });
}
