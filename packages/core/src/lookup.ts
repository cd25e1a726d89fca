import type { Milliseconds } from './bounds.ts';
import { type Endpoint, place, type Transport } from './endpoint.ts';
import type { Observation } from './ports.ts';

/** One question for a nameserver. */
export interface Question {
  /** As it is with a dot at its end; without one, the asking pod puts its cluster's domain behind it: `web.x.svc`. */
  readonly name: string;
  /** Type of the records that are asked for: `A`. */
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'SRV' | 'TXT';
}

export interface DnsRecord {
  /** Owner, with a dot at its end. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** An address or a name; JSON where a record holds more than one value. */
  readonly data: string;
}

/**
 * What came of one lookup, which is one message from a fresh source port: nothing is asked twice.
 *
 * - `answered`: the server answered this question, whatever it said
 * - `dropped`: silence, while the client proved alive
 * - `refused`, `unreachable`, `reset`: as for probes
 * - `probe-error`: we could not ask, so nothing is known
 */
export const lookupVerdicts = [
  'answered',
  'dropped',
  'refused',
  'unreachable',
  'reset',
  'probe-error',
] as const;

export type LookupVerdict = (typeof lookupVerdicts)[number];

export interface Lookup {
  readonly source: Endpoint;
  readonly question: Question;
  readonly transport: Transport;
  /** The name that was asked, with a dot at its end, and the address of the nameserver; empty where unknown. */
  readonly name: string;
  readonly server: string;
  readonly verdict: LookupVerdict;
  /** Where it was answered: `NOERROR`, `NXDOMAIN`, the records of the answer section, and whether some are left out. */
  readonly rcode?: string;
  readonly records?: readonly DnsRecord[];
  readonly truncated?: boolean;
  readonly ms?: Milliseconds;
  /** For `probe-error`: why nothing is known. `starved` means that the agent had no CPU. */
  readonly reason?: string;
}

/** What is wrong with the answer of a lookup, in words; undefined where it is as required. */
export type AnswerRequirement = (lookup: Lookup) => string | undefined;

/** The answer must be the A records of these addresses, each once, and nothing else. */
export function exactly(addresses: readonly string[]): AnswerRequirement {
  const expected = addresses.toSorted().join(', ');
  return (lookup) => {
    const { name, rcode, records = [], truncated } = lookup;
    const own = records.every(
      (record) => record.type === 'A' && record.name.toLowerCase() === name.toLowerCase(),
    );
    const given = records.map(({ data }) => data);
    const right = rcode === 'NOERROR' && !truncated && own && given.toSorted().join(', ') === expected;
    return right ? undefined : `${describeLookup(lookup)}, expected ${expected}`;
  };
}

/** There is no such name. */
export const noSuchName: AnswerRequirement = (lookup) =>
  lookup.rcode === 'NXDOMAIN' && lookup.records?.length === 0
    ? undefined
    : `${describeLookup(lookup)}, expected NXDOMAIN`;

/** `10.96.0.9`, `NXDOMAIN`, `dropped`: what was answered, or what came instead. */
export function describeLookup(lookup: Lookup): string {
  const { verdict, name, question, rcode, records = [], truncated, reason } = lookup;
  if (verdict !== 'answered') return reason === undefined ? verdict : `${verdict}: ${reason}`;
  const shown = records.map((record) => {
    const usual = record.type === question.type && record.name.toLowerCase() === name.toLowerCase();
    return usual ? record.data : `${record.name} ${record.type} ${record.data}`;
  });
  const said = rcode === 'NOERROR' ? [shown.join(', ') || 'no record'] : [rcode, ...shown];
  return [...said, ...(truncated ? ['truncated'] : [])].join(', ');
}

/** The table of who asked what, and how often each was answered what, for the report. */
export function lookupsTable(lookups: readonly Lookup[]): Observation {
  const rows = lookups.map((lookup) => [
    place(lookup.source),
    lookup.server,
    lookup.transport,
    `${lookup.name || lookup.question.name} ${lookup.question.type}`,
    describeLookup(lookup),
  ]);
  const alike = [...Map.groupBy(rows, (row) => row.join('\n')).values()];
  return {
    title: 'What each client was answered, and how often',
    columns: ['client', 'nameserver', 'transport', 'question', 'answer', 'times'],
    rows: alike.flatMap((all) => (all[0] ? [[...all[0], all.length]] : [])),
  };
}
