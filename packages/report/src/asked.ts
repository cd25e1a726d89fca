import { type EndpointKind, type JournalCell, type Protocol, portName } from '@netproof/core';
import { type Blame, blamed, keyOf, lookupKey, sampleKey } from './blame.ts';
import { number } from './format.ts';
import type { ClusterFacts, Outcome } from './model.ts';
import { type Square, squareOf } from './words.ts';

/** An endpoint, or an address that stands for several: a Service. */
export type EndKind = EndpointKind | 'service';

export interface End {
  readonly name: string;
  readonly kind: EndKind;
  /** Where it is; empty outside the cluster, and for an address that belongs to no node. */
  readonly node: string;
}

/** What was asked of one ordered pair on one port: one probe, the connections of one sample, or one lookup. */
export interface Asked {
  readonly source: End;
  readonly target: End;
  readonly protocol: Protocol;
  /** `TCP 8080`. */
  readonly port: string;
  /** Of a nameserver: `web.x.svc.cluster.local. A`. */
  readonly question?: string;
  /** Probes, or connections that were tried. */
  readonly asked: number;
  /** How many of them break the requirement. None, though `bad`, where only all of them together do. */
  readonly wrong: number;
  readonly bad: boolean;
  /** How many of them told nothing. */
  readonly unknown: number;
  readonly square: Square;
  /** What happened, in a sentence. */
  readonly words: string;
}

type Sample = Outcome['samples'][number];

/** All that a check asked, pair by pair. A pair that was asked again counts with its last answer. */
export function askedOf(
  outcome: Outcome,
  cluster: ClusterFacts | undefined,
  blame = blamed(outcome),
): Asked[] {
  return [
    ...probesOf(outcome, cluster, blame),
    ...samplesOf(outcome, cluster, blame),
    ...lookupsOf(outcome, cluster, blame),
  ];
}

export function probesOf(outcome: Outcome, cluster: ClusterFacts | undefined, blame: Blame): Asked[] {
  const endOf = ends(cluster);
  const several = ambiguous(outcome.cells);
  // An answer that a finding names is shown though the pair was asked again.
  const cells = new Map([...outcome.cells.map((cell) => [keyOf(cell), cell] as const), ...blame.cells]);
  return [...cells].map(([key, cell]) => {
    const bad = blame.cells.has(key);
    const text = blame.cells.get(key)?.text;
    const { protocol, port } = cell.port;
    return {
      source: endOf(cell.source, cell.sourceNode),
      target: {
        ...endOf(cell.target, cell.targetNode, cell.address),
        ...(several.has(cell.target) && { name: `${cell.target} ${cell.address}` }),
      },
      protocol,
      // Probes of a pair from several source ports are one square.
      port: portName({ protocol, port }),
      asked: 1,
      wrong: bad ? 1 : 0,
      bad,
      unknown: cell.verdict === 'probe-error' ? 1 : 0,
      square: bad && squareOf(cell) === 'connected' ? 'broken' : squareOf(cell),
      words:
        text === undefined
          ? inWords(cell)
          : `${cell.source} → ${cell.target}, ${portName(cell.port)}: ${text}`,
    };
  });
}

export function samplesOf(outcome: Outcome, cluster: ClusterFacts | undefined, blame: Blame): Asked[] {
  const endOf = ends(cluster);
  return outcome.samples.map((sample) => {
    const { lost, asked, unknown, kind } = lostOf(sample);
    const bad = blame.samples.has(sampleKey(sample));
    return {
      source: endOf(sample.source, undefined),
      target: endOf(sample.target, undefined, sample.address),
      protocol: sample.port.protocol,
      port: `${sample.port.protocol} ${sample.port.port}`,
      asked,
      wrong: bad ? lost : 0,
      bad,
      unknown,
      square: kind ?? (bad ? 'broken' : 'connected'),
      words: `${sample.source} → ${sample.target}, ${sample.port.protocol} ${sample.port.port}: ${number(asked - lost - unknown)} of ${number(asked)} connections answered as they must`,
    };
  });
}

/** Every lookup, between a client and its nameserver. */
export function lookupsOf(outcome: Outcome, cluster: ClusterFacts | undefined, blame: Blame): Asked[] {
  const endOf = ends(cluster);
  return outcome.lookups.map((lookup) => {
    const { source, server, transport, name, type, verdict, reason } = lookup;
    const text = blame.lookups.get(lookupKey(lookup));
    const answered = text === undefined ? 'connected' : 'broken';
    return {
      source: endOf(source, undefined),
      target: endOf(`nameserver ${server}`, undefined, server),
      protocol: transport,
      port: `${transport} 53`,
      question: `${name} ${type}`,
      asked: 1,
      wrong: text === undefined ? 0 : 1,
      bad: text !== undefined,
      unknown: verdict === 'probe-error' ? 1 : 0,
      square: verdict === 'answered' ? answered : verdict,
      words: `${source} → ${server}, ${transport} 53, ${name} ${type}: ${text ?? reason ?? verdict}`,
    };
  });
}

/** Names that stand for several addresses: a NodePort has one on each node. */
function ambiguous(cells: Outcome['cells']): ReadonlySet<string> {
  const targets = new Map(cells.map(({ target, address }) => [`${target} ${address}`, target]));
  return new Set(
    [...Map.groupBy(targets.values(), String)].flatMap(([name, all]) => (all.length > 1 ? [name] : [])),
  );
}

/** How many connections of a sample got no right answer, of how many that were tried, and how most of them ended. */
function lostOf({
  verdicts,
}: Sample): Pick<Asked, 'asked' | 'unknown'> & { lost: number; kind: Square | undefined } {
  const { connected = 0, 'probe-error': unknown = 0, ...wrong } = verdicts;
  const kinds = (Object.entries(wrong) as [Square, number][]).toSorted((a, b) => b[1] - a[1]);
  const lost = kinds.reduce((total, [, many]) => total + many, 0);
  const kind = kinds[0]?.[0] ?? (unknown > 0 ? 'probe-error' : undefined);
  return { lost, unknown, asked: connected + lost + unknown, kind };
}

/** Who an end is: an endpoint by its id, else what its name and address tell. */
function ends(cluster: ClusterFacts | undefined) {
  const endpoints = new Map(cluster?.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const nodes = new Map(cluster?.nodes.map(({ ip, name }) => [ip, name]));
  return (name: string, node: string | undefined, address?: string): End => {
    const known = endpoints.get(name);
    if (known) return { name, kind: known.kind, node: known.node };
    if (node) return { name, kind: name.startsWith('node/') ? 'node' : 'pod', node };
    // A source without a node is outside; so is a target that says that it has none.
    if (address === undefined || node === '') return { name, kind: 'outside', node: '' };
    return { name, kind: 'service', node: nodes.get(address) ?? '' };
  };
}

/** One probe in a sentence, for whoever points at its square. */
function inWords(cell: JournalCell): string {
  const { source, sourceIP, target, verdict, answered, attempts, server, reason, port } = cell;
  const { clientAddress = sourceIP, clientSeenAs } = cell;
  const seen = squareOf(cell) === 'rewritten' ? `, client ${clientAddress} seen as ${clientSeenAs}` : '';
  const by = verdict === 'wrong-peer' ? ` ${server}` : '';
  return `${source} → ${target}, ${portName(port)}: ${verdict}${by}${seen}, ${answered} of ${attempts} attempts answered${reason === undefined ? '' : `, ${reason}`}`;
}
