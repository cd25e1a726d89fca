import {
  type Cell,
  type Endpoint,
  exactly,
  Judge,
  type Lookup,
  type NewEvent,
  type Port,
  type Target,
} from '@netproof/core';
import { pods } from './cluster.ts';
import { finished, journalCell, journalQuestion } from './runs.ts';

/** What single checks write into a journal: matrices, samples, lookups. */

/** Every source to every target on every port, connected but for what `change` says. */
export function matrixRun(
  check: string,
  sources: readonly Endpoint[],
  targets: readonly Target[],
  ports: readonly Port[],
  judging: (judge: Judge, table: { cells: readonly Cell[]; ms: number }) => void,
  change: (cell: Cell) => Partial<Cell>,
): readonly NewEvent[] {
  const cells = sources.flatMap((source) =>
    targets
      .filter(({ endpoint }) => endpoint?.id !== source.id)
      .flatMap((target) =>
        ports.map((port): Cell => {
          const server = target.servers[0]!;
          const cell: Cell = {
            source,
            target,
            port,
            verdict: 'connected',
            attempts: 1,
            answered: 1,
            ms: 1.2,
            server,
            clientSeenAs: source.ip,
          };
          const changed = { ...cell, ...change(cell) };
          if (changed.verdict === 'connected') return changed;
          const { ms: _, server: __, clientSeenAs: ___, ...silent } = changed;
          return { ...silent, attempts: changed.answered === 0 ? 3 : 1 };
        }),
      ),
  );
  const judge = new Judge();
  judging(judge, { cells, ms: 41 });
  return [
    { event: 'check-started', check },
    ...cells.map((cell) => ({ event: 'verdict', check, cell: journalCell(cell) }) as const),
    finished(judge, 980, { check }),
  ];
}

/** One client of three is always sent to the first backend. */
export function unevenRun(check: string): readonly NewEvent[] {
  const judge = new Judge();
  const port = { protocol: 'TCP', port: 80 } as const;
  const backends = ['x/a', 'x/b', 'x/c'];
  const target: Target = { label: 'Service x/balanced', address: '10.96.114.20', servers: backends };
  const samples = pods.slice(3, 6).map((source, at) => ({
    source,
    target,
    port,
    servers: Array.from({ length: 300 }, (_, turn) => backends[at === 1 ? 0 : turn % 3]!),
    verdicts: { connected: 300 },
    ms: 210,
  }));
  for (const sample of samples) {
    judge.reached(sample, 300);
    const p = sample === samples[1] ? 1e-140 : 1;
    judge.notRejected(
      {
        name: `chi-square against equal shares, from ${sample.source.node}`,
        value: p === 1 ? 0 : 600,
        degreesOfFreedom: 2,
        p,
        alpha: 1e-6,
        samples: 300,
        detects: 'one backend preferred by 40 % is found with probability 0.99',
      },
      `from ${sample.source.id} on ${sample.source.node}: uneven over 3 backends: x/a 300, x/b 0, x/c 0 of 300`,
      sample,
    );
  }
  return [
    { event: 'check-started', check },
    ...samples.map(
      ({ source, servers, verdicts }) =>
        ({
          event: 'sample',
          check,
          source: source.id,
          target: target.label,
          address: target.address,
          port,
          connections: 300,
          servers: Object.fromEntries(
            backends.map((backend) => [backend, servers.filter((server) => server === backend).length]),
          ),
          verdicts,
          ms: 210,
        }) as const,
    ),
    finished(judge, 640, { check }),
  ];
}

/** Over UDP nobody answers the pods of one node; one name has a wrong address. */
export function lookupsRun(check: string): readonly NewEvent[] {
  const judge = new Judge();
  const lookups = pods.slice(0, 3).flatMap((source) =>
    (['UDP', 'TCP'] as const).flatMap((transport) =>
      ['web.x.svc.cluster.local.', 'sticky.y.svc.cluster.local.'].map((name): Lookup => {
        const lookup = {
          source,
          transport,
          name,
          server: '10.96.0.10',
          question: { name, type: 'A' },
        } as const;
        if (transport === 'UDP' && source.id === 'x/b') return { ...lookup, verdict: 'dropped' };
        const data = name.startsWith('sticky') ? '10.96.9.9' : '10.96.0.80';
        return {
          ...lookup,
          verdict: 'answered',
          rcode: 'NOERROR',
          records: [{ name, type: 'A', ttl: 5, data }],
          ms: 0.8,
        };
      }),
    ),
  );
  judge.answered(lookups, exactly(['10.96.0.80']));
  return [
    { event: 'check-started', check },
    ...lookups.map((lookup) => {
      const { source: _, question: __, records, ...rest } = lookup;
      return {
        event: 'lookup',
        check,
        ...journalQuestion(lookup),
        ...rest,
        ...(records && { records: [...records] }),
      } as const;
    }),
    finished(judge, 41, { check }),
  ];
}
