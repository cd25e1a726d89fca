import type { Endpoint, Nodes, Probes } from '@netproof/core';
import { bounds, describeLookup, explain } from '@netproof/core';
import { type Capture, type Captured, endCapture, filterOf, packetsAtMost, startCapture } from './capture.ts';
import { counted } from './counters.ts';
import { verdictOf } from './expected-observed.ts';
import type { Folder } from './folder.ts';
import { lastSeen } from './last-seen.ts';
import { said, ways } from './node-state.ts';
import { seenIn } from './packets.ts';
import { addressesOf, inWords, nodesOf, type Pair, serversOf } from './pairs.ts';

/** So many bytes of a packet are its headers, those of a tunnel included. A lookup is read whole. */
const headers = 160;
const whole = 600;
/** Connections in place of a sample: a rule for every tenth is met with a probability of 0.9. */
const connections = 20;

export interface ReProbe {
  readonly pair: Pair;
  readonly nodes: Nodes;
  readonly probes: Probes;
  readonly folder: Folder;
}

/**
 * Asks one pair again while every node on its way captures, and keeps the packets and which rules counted them.
 * The verdict of the check is not touched: it may even be another one now.
 */
export async function reProbe(order: ReProbe): Promise<void> {
  const { pair, nodes, probes, folder } = order;
  const names = nodesOf(pair, probes.endpoints).filter((name) =>
    nodes.list.some((node) => node.name === name),
  );
  const captures = await started(order, names);
  const before = await rulesOf(nodes, names, folder);
  const observed = await asked(pair, probes).catch((error: unknown) => `not known: ${explain(error)}`);
  const after = await rulesOf(nodes, names, folder);
  const captured = await ended(order, captures);
  const sentence = lastSeen({
    pair,
    endpoints: probes.endpoints,
    served: probes.served,
    captures: new Map([...captured].map(([node, { text }]) => [node, seenIn(text, packetsAtMost)])),
  });
  folder.lastSeen(sentence);

  await Promise.all([
    folder.add({
      title: 'One probe again: its way, and the rules that counted it',
      name: 're-probe.txt',
      content: async () =>
        [
          sentence,
          `asked again: ${inWords(pair)}`,
          `observed again: ${observed}`,
          ...(await Promise.all(names.map((name) => met(order, name, before, after)))),
        ].join('\n\n'),
    }),
    ...[...captured].map(([node, capture]) => keep(node, capture, folder)),
  ]);
}

async function started({ pair, nodes, probes, folder }: ReProbe, names: readonly string[]) {
  // A server behind a Service is asked at the port where it serves.
  const ports = pair.target.endpoint ? [pair.port.port] : [pair.port.port, ...probes.served];
  const filter = filterOf(addressesOf(pair, probes.endpoints), ports);
  const all = await Promise.allSettled(
    names.map((node) =>
      startCapture(nodes, node, {
        filter,
        seconds: bounds.evidence / 1000,
        bytes: pair.question ? whole : headers,
      }),
    ),
  );
  return all.flatMap((one, at): Capture[] => {
    if (one.status === 'fulfilled') return [one.value];
    folder.problem(`packets on ${names[at]}: ${explain(one.reason)}`);
    return [];
  });
}

/** What was captured, by node; a node that does not give it is missing. */
async function ended({ nodes, folder }: ReProbe, captures: readonly Capture[]) {
  const all = await Promise.allSettled(captures.map((capture) => endCapture(nodes, capture)));
  const given = all.flatMap((one, at): [string, Captured][] => {
    const node = captures[at]?.node ?? '';
    if (one.status === 'fulfilled') return [[node, one.value]];
    folder.problem(`packets on ${node}: ${explain(one.reason)}`);
    return [];
  });
  return new Map(given);
}

async function keep(node: string, { text, pcap }: Captured, folder: Folder): Promise<void> {
  await folder.add({
    title: `Packets of that probe on ${node}`,
    name: `packets-${node}.txt`,
    content: async () => text,
  });
  await folder.add({
    title: `The same for Wireshark, ${node}`,
    name: `packets-${node}.pcap`,
    content: async () => pcap,
  });
}

/** What came of it, in words. */
async function asked(pair: Pair, probes: Probes): Promise<string> {
  const { source, target, port, sampled, question } = pair;
  if (question) {
    const lookups = await probes.resolve({
      sources: [source],
      questions: [question],
      transports: [port.protocol],
      nameserver: { address: target.address, port: port.port },
    });
    return lookups.map(describeLookup).join('; ');
  }
  if (sampled) {
    const { verdicts, servers } = await probes.sample({ source, target, port, connections });
    const counts = [...Map.groupBy(servers, (server) => server ?? 'nobody')].map(
      ([server, all]) => `${server} ${all.length}`,
    );
    return `${connections} connections: ${JSON.stringify(verdicts)}, answered by ${counts.join(', ')}`;
  }
  const { cells } = await probes.matrix({ sources: [source], targets: [target], ports: [port] });
  return cells
    .map((cell) => {
      const who = cell.server === undefined ? '' : `, by ${cell.server}, which saw ${cell.clientSeenAs}`;
      return `${verdictOf(cell)}${who}${cell.reason === undefined ? '' : `, ${cell.reason}`}`;
    })
    .join('; ');
}

async function rulesOf(nodes: Nodes, names: readonly string[], folder: Folder) {
  const all = await Promise.all(
    names.map(async (name): Promise<readonly [string, string]> => {
      try {
        return [name, (await nodes.run(name, ['iptables-save', '-c'])).stdout];
      } catch (error) {
        folder.problem(`rules that count on ${name}: ${explain(error)}`);
        return [name, ''];
      }
    }),
  );
  return new Map(all);
}

async function met(
  { pair, nodes, probes }: ReProbe,
  node: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<string> {
  const rules = counted(before.get(node) ?? '', after.get(node) ?? '');
  const to = serversOf(pair, probes.endpoints).map(({ ip }: Endpoint) => ip);
  const addresses = to.length > 0 ? to : [pair.target.address];
  const local = pair.source.kind === 'node' && pair.source.node === node;
  return [
    `== ${node}`,
    'rules of iptables that counted packets meanwhile, other traffic of the node included:',
    ...(rules.length > 0 ? rules : ['none']),
    '',
    await said(nodes, node, ways(pair.source.ip, addresses, local)),
  ].join('\n');
}
