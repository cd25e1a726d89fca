import {
  type AskedPort,
  type Endpoint,
  type Judgement,
  type Lookup,
  type MatrixPlan,
  portName,
  type Question,
  type Target,
} from '@netproof/core';

/** Who could not reach whom as the check demands. */
export interface Pair {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: AskedPort;
  /** How large its question was, and whether it might be fragmented. */
  readonly size?: Pick<MatrixPlan, 'padding' | 'unfragmented'>;
  /** Whether it was asked many times: one connection more would show nothing. */
  readonly sampled: boolean;
  /** What a nameserver was asked; without it the address is that of a probe. */
  readonly question?: Question;
}

/** Where nameservers are asked (RFC 1035, 4.2). */
const dns = 53;

/**
 * The pairs that the findings show, one of each kind: the same nodes and protocol show the same thing. What is
 * proved wrong comes before what is not known.
 */
export function concernedPairs({ findings }: Pick<Judgement, 'findings'>, atMost: number): readonly Pair[] {
  const order = findings.toSorted((a, b) => Number(b.kind === 'fail') - Number(a.kind === 'fail'));
  const all = order.flatMap(({ cells = [], sample, lookups = [] }): Pair[] => [
    ...cells.map(({ source, target, port, padding, unfragmented }) => ({
      ...{ source, target, port, sampled: false },
      size: { ...(padding !== undefined && { padding }), ...(unfragmented && { unfragmented }) },
    })),
    ...lookups.filter(({ server }) => server !== '').map(asked),
    ...(sample ? [{ source: sample.source, target: sample.target, port: sample.port, sampled: true }] : []),
  ]);
  const kinds = Map.groupBy(all, ({ source, target, port }) =>
    [source.node, target.endpoint?.node ?? target.label, port.protocol].join(' '),
  );
  return [...kinds.values()].flatMap(([first]) => (first ? [first] : [])).slice(0, atMost);
}

function asked({ source, server, transport, question }: Lookup): Pair {
  const target = { label: 'nameserver', address: server, servers: [] };
  return { source, target, port: { protocol: transport, port: dns }, sampled: false, question };
}

/** The endpoints that may answer a pair. */
export function serversOf({ target }: Pair, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (target.endpoint) return [target.endpoint];
  return target.servers.flatMap((server) => endpoints.find(({ id }) => id === server) ?? []);
}

/** Every address that packets of a pair may carry at its ends: the client's, the one asked for, the servers'. */
export function addressesOf(pair: Pair, endpoints: readonly Endpoint[]): readonly string[] {
  const servers = serversOf(pair, endpoints).map(({ ip }) => ip);
  return [...new Set([pair.source.ip, pair.target.address, ...servers])].filter((address) => address !== '');
}

/** Where a pair's packets start, where they may arrive, and who forwards them where that is a NodePort; client first. */
export function nodesOf(pair: Pair, endpoints: readonly Endpoint[]): readonly string[] {
  const servers = serversOf(pair, endpoints).map(({ node }) => node);
  const all = [pair.source.node, nodeAt(pair.target.address, endpoints) ?? '', ...servers];
  return [...new Set(all)].filter((node) => node !== '');
}

/** The node that has an address. */
export function nodeAt(address: string, endpoints: readonly Endpoint[]): string | undefined {
  return endpoints.find(({ kind, ip }) => kind === 'node' && ip === address)?.node;
}

/** `x/a (10.1.1.2) on worker → y/b (10.1.2.2) on worker2, TCP 8080`. */
export function inWords({ source, target, port, question }: Pair): string {
  const where = target.endpoint ? ` on ${target.endpoint.node}` : '';
  const to = `${target.label} (${target.address})${where}`;
  return `${source.id} (${source.ip}) on ${source.node} → ${to}, ${portName(port)}${question ? `, ${question.name} ${question.type}` : ''}`;
}
