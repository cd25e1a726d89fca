import {
  type Cell,
  type Finding,
  type JournalCell,
  type JournalEvent,
  Judge,
  journalEvent,
  type Lookup,
  movesOf,
  type NewEvent,
  type Result,
  resultOf,
} from '@netproof/core';
import { sampleSize, uniformity } from '@netproof/stats';
import { cellStarted, clusterIp, nodes, noNat, otherNodeTable, pods, runStarted } from './cluster.ts';

/** Journals of whole runs, made by the judge and the statistics that a run uses. Only the network is invented. */

/** Gives every event its time, a second apart, and lets the journal's schema refuse what no run could write. */
export function stamped(events: readonly NewEvent[]): readonly JournalEvent[] {
  const start = Date.parse('2026-11-21T10:13:05.120Z');
  return events.map((event, at) =>
    journalEvent.parse({ t: new Date(start + at * 250).toISOString(), ...event }),
  );
}

export const setUp: readonly NewEvent[] = [
  runStarted,
  { event: 'phase', phase: 'images', ms: 412 },
  { event: 'phase', phase: 'kind create', ms: 22_840 },
  { event: 'phase', phase: 'CNI', ms: 3_120 },
  { event: 'phase', phase: 'nodes and CoreDNS', ms: 9_480 },
  cellStarted,
  { event: 'phase', phase: 'probes', ms: 6_210 },
  { event: 'probes-ready', endpoints: pods.map(({ labels: _, ...endpoint }) => endpoint) },
];

export const tearDown = (exit: number): readonly NewEvent[] => [
  { event: 'phase', phase: 'teardown', ms: 4_030 },
  { event: 'cell-finished', cluster: 'bridge' },
  { event: 'run-finished', exit },
];

/** Everything holds. */
export function passingRun(): readonly JournalEvent[] {
  return stamped([...setUp, ...noNatRun(), ...clusterIpRun([1, 1, 1]), ...tearDown(0)]);
}

/** One worker rewrites the source of what it sends to other nodes. */
export function failingRun(): readonly JournalEvent[] {
  const stream = { event: 'stream', endpoint: 'z/b' } as const;
  return stamped([
    ...setUp,
    ...noNatRun(masqueradeOn(nodes[1]!.name)),
    { ...stream, state: 'lost', message: 'no heartbeat for 4 s' },
    { ...stream, state: 'returned', message: 'after 1.2 s' },
    ...clusterIpRun([1, 1, 1]),
    ...tearDown(1),
  ]);
}

/** Killed in the middle of the second check. */
export function interruptedRun(): readonly JournalEvent[] {
  return stamped([...setUp, ...noNatRun(), ...clusterIpRun([1, 1, 1]).slice(0, 2)]);
}

/** The same, resumed: the check that had died is run again on another cluster of the same name. */
export function resumedRun(): readonly JournalEvent[] {
  const { run, netproof, argv, provenance } = runStarted;
  const left = cellStarted.checks.filter(({ id }) => id === clusterIp.id);
  return stamped([
    ...[...setUp, ...noNatRun(), ...clusterIpRun([1, 1, 1]).slice(0, 2)],
    { event: 'run-resumed', run, netproof, argv, provenance },
    { ...cellStarted, checks: left },
    { event: 'probes-ready', endpoints: pods.map(({ labels: _, ...endpoint }) => endpoint) },
    ...clusterIpRun([1, 1, 1]),
    ...tearDown(0),
  ]);
}

/**
 * Two faults, each found by its own check and by no other; `blind` makes one fault go unnoticed, `starved` adds one that
 * takes the probes' sight, `late` one under which a check measures so many milliseconds, and 74 without.
 */
export function proveRun({
  blind = false,
  starved = false,
  late,
}: {
  blind?: boolean;
  starved?: boolean;
  late?: number;
} = {}): readonly JournalEvent[] {
  const round = (fault: string | undefined, masquerade: boolean, biased: boolean): readonly NewEvent[] => {
    const change = masquerade ? masqueradeOn(...nodes.map(({ name }) => name)) : undefined;
    const events = [...noNatRun(change, fault), ...clusterIpRun(biased ? [1.4, 0.8, 0.8] : [1, 1, 1], fault)];
    const kills = events.flatMap((event): NewEvent[] => {
      if (event.event !== 'check-finished') return [];
      const musts = event.check === noNat.id ? noNat.must : clusterIp.must;
      const expectation = fault !== undefined && musts.includes(fault) ? 'must' : 'never';
      const asExpected = event.result === (expectation === 'must' ? 'fail' : 'pass');
      return [
        {
          event: 'kill',
          fault: fault ?? 'none',
          check: event.check,
          expectation,
          result: event.result,
          asExpected,
        },
      ];
    });
    return [...events, ...kills];
  };
  const faulty = (fault: string, story: string, effect: number, masquerade: boolean, biased: boolean) => [
    { event: 'fault-applied', fault, story } as const,
    ...round(fault, masquerade, biased),
    { event: 'fault-reverted', fault, effect } as const,
    ...round(undefined, false, false),
  ];
  const fault = 'agent-throttled';
  const sightless = [noNat, clusterIp].flatMap(({ id: check }): readonly NewEvent[] => {
    const judge = new Judge();
    judge.inconclusive('240 connections are not known: starved');
    const expectation = check === clusterIp.id ? 'clouded' : 'may-cloud';
    return [
      { event: 'check-started', check, fault },
      finished(judge, 2_113, { check, fault }),
      { event: 'kill', fault, check, expectation, result: 'inconclusive', asExpected: true },
    ];
  });
  const throttled: readonly NewEvent[] = [
    {
      event: 'fault-applied',
      fault,
      story: 'The agents get a fiftieth of a CPU, as on a node that is full.',
    },
    ...sightless,
    { event: 'fault-reverted', fault, effect: 812 },
    ...round(undefined, false, false),
  ];
  const [started, ...rest] = setUp.map(
    (event): NewEvent =>
      event.event === 'cell-started'
        ? {
            ...event,
            checks: [
              { ...noNat, ...(late !== undefined && { movedBy: { 'policy-late': { p50: 2_000 } } }) },
              { ...clusterIp, ...(starved && { cloudedBy: [fault] }) },
            ],
          }
        : event,
  );
  return stamped([
    {
      ...(started as typeof runStarted),
      mode: 'prove',
      argv: ['prove', '--cni', 'bridge'],
    } as NewEvent,
    ...rest,
    ...round(undefined, false, false),
    ...faulty(
      'masquerade-between-nodes',
      'A node rewrites the source of pod traffic that leaves it for another node, as a wrong ipMasq setting does.',
      324,
      true,
      false,
    ),
    ...faulty(
      'biased-service-chain',
      'One backend of a Service gets a fifth of all connections before the others are asked, as wrong probabilities in a proxy do.',
      1_689,
      false,
      !blind,
    ),
    ...(starved ? throttled : []),
    ...(late === undefined ? [] : lateFor(late)),
    ...tearDown(blind ? 1 : 0),
  ]);
}

/** A fault under which a check passes and measures so much instead of 74 ms. */
function lateFor(value: number): readonly NewEvent[] {
  const occasion = { check: noNat.id, fault: 'policy-late' };
  const judge = new Judge();
  judge.holds(true, '');
  judge.measured({ name: 'p50', unit: 'ms', value });
  const before = [{ name: 'p50', unit: 'ms', value: 74 }] as const;
  const moves = [...movesOf({ p50: 2_000 }, before, judge.judgement.metrics)];
  const asExpected = moves.every((move) => move.asExpected);
  return [
    { event: 'fault-applied', fault: 'policy-late', story: 'Every change comes two seconds late.' },
    { event: 'check-started', ...occasion },
    finished(judge, 46_020, occasion),
    { event: 'kill', ...occasion, expectation: 'moves', result: 'pass', moves, asExpected },
    { event: 'fault-reverted', fault: 'policy-late', effect: 20 },
  ];
}

/** A check whose server must see the client's own address, on whatever the network made of the probes. */
export function noNatRun(change?: (cell: Cell) => Partial<Cell>, fault?: string): readonly NewEvent[] {
  const judge = new Judge();
  const table = otherNodeTable(change);
  judge.connected(table, ({ source, clientSeenAs }) =>
    clientSeenAs === source.ip
      ? undefined
      : `connected, but the server saw ${clientSeenAs}${nodes.some(({ ip }) => ip === clientSeenAs) ? ` (node ${nodes.find(({ ip }) => ip === clientSeenAs)?.name})` : ''}, expected ${source.ip} (${source.id})`,
  );
  const occasion = { check: noNat.id, ...(fault !== undefined && { fault }) };
  return [
    { event: 'check-started', ...occasion },
    ...table.cells.map((cell) => ({ event: 'verdict', ...occasion, cell: journalCell(cell) }) as const),
    finished(judge, 1_184, occasion),
  ];
}

/** A check of three backends that get shares of these weights, spread as evenly as whole numbers can be. */
function clusterIpRun(weights: readonly number[], fault?: string): readonly NewEvent[] {
  const judge = new Judge();
  const options = { alpha: 1e-6, effect: 0.2 };
  const connections = sampleSize({ backends: 3, power: 0.99, ...options });
  const occasion = { check: clusterIp.id, ...(fault !== undefined && { fault }) };
  const backends = ['x/a', 'x/b', 'x/c'];
  const samples = nodes.map((node, at) => {
    const first = Math.round((connections * weights[0]!) / 3) + [17, -24, 9][at]!;
    const second = Math.round((connections * weights[1]!) / 3) - [8, -31, 2][at]!;
    return {
      source: pods.find((pod) => pod.node === node.name && pod.id.startsWith('y/'))!,
      counts: [first, second, connections - first - second],
    };
  });
  for (const { source, counts } of samples) {
    const statistic = uniformity(counts, options);
    judge.holds(true, '');
    judge.notRejected(
      { ...statistic, name: `${statistic.name}, from ${source.node}` },
      `from ${source.id} on ${source.node}: uneven over 3 backends: ${backends.map((backend, at) => `${backend} ${counts[at]}`).join(', ')} of ${connections} (p = ${statistic.p.toExponential(1)})`,
    );
  }
  return [
    { event: 'check-started', ...occasion },
    ...samples.map(
      ({ source, counts }, at) =>
        ({
          event: 'sample',
          ...occasion,
          source: source.id,
          target: 'Service x/balanced',
          address: '10.96.114.20',
          port: { protocol: 'TCP', port: 80 },
          connections,
          servers: Object.fromEntries(backends.map((backend, which) => [backend, counts[which]!])),
          verdicts: { connected: connections },
          ms: 1_820 + at * 211,
        }) as const,
    ),
    finished(judge, 6_050, occasion),
  ];
}

function masqueradeOn(...from: readonly string[]): (cell: Cell) => Partial<Cell> {
  return ({ source }) =>
    from.includes(source.node) ? { clientSeenAs: nodes.find(({ name }) => name === source.node)!.ip } : {};
}

export function finished(
  judge: Judge,
  ms: number,
  occasion: { check: string; fault?: string },
): Extract<NewEvent, { event: 'check-finished' }> {
  const { findings, judged, statistics, observations, metrics } = judge.judgement;
  return {
    event: 'check-finished',
    ...occasion,
    result: resultOf(judge.judgement),
    ms,
    judged,
    findings: findings.map(journalFinding),
    statistics: [...statistics],
    observations: observations.map(({ title, columns, rows }) => ({
      title,
      columns: [...columns],
      rows: rows.map((row) => [...row]),
    })),
    ...(metrics.length > 0 && { metrics: [...metrics] }),
    again: `netproof run --cluster bridge --keep --check ${occasion.check}`,
  };
}

/** What was asked of a nameserver, as the journal holds it. */
export function journalQuestion({ source, server, transport, name, question }: Lookup) {
  return { source: source.id, server, transport, name, type: question.type };
}

function journalFinding({ cells, sample, lookups, ...finding }: Finding) {
  return {
    ...finding,
    ...(cells && { cells: cells.map(journalCell) }),
    ...(lookups && { lookups: lookups.map((one) => ({ ...journalQuestion(one), text: one.text })) }),
    ...(sample && { sample: { source: sample.source.id, target: sample.target.label, port: sample.port } }),
  };
}

export function journalCell({ source, target, ...rest }: Cell): JournalCell {
  return {
    source: source.id,
    sourceNode: source.node,
    sourceIP: source.ip,
    target: target.label,
    ...(target.endpoint && { targetNode: target.endpoint.node }),
    address: target.address,
    ...rest,
  };
}

/** A run of one check with this result, however that came about. */
export function runWith(
  result: Result,
  more: Partial<Extract<NewEvent, { event: 'check-finished' }>> = {},
): readonly JournalEvent[] {
  const kind = result === 'fail' || result === 'error' || result === 'inconclusive' ? result : undefined;
  return stamped([
    runStarted,
    { ...cellStarted, checks: [noNat] },
    { event: 'check-started', check: noNat.id },
    {
      event: 'check-finished',
      check: noNat.id,
      result,
      ms: 12,
      ...(result === 'not-applicable' && { reason: 'needs 2 nodes, has 1' }),
      judged: kind || result === 'not-applicable' ? 0 : 4,
      findings: kind ? [{ kind, message: `as ${result} as can be` }] : [],
      statistics: [],
      observations: [],
      again: `netproof run --check ${noNat.id}`,
      ...more,
    },
    { event: 'cell-finished', cluster: 'bridge' },
    {
      event: 'run-finished',
      exit: { pass: 0, observed: 0, 'not-applicable': 5, fail: 1, inconclusive: 5, error: 4 }[result],
    },
  ]);
}
