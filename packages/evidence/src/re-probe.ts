import { bounds, type Endpoint, explain, type Nodes, type Probes } from '@netproof/core';
import { type AskedAgain, askAgain } from './ask-again.ts';
import { type Captured, endCapture, filterOf, packetsAtMost, startCapture } from './capture.ts';
import { counted } from './counters.ts';
import type { Folder } from './folder.ts';
import { lastSeen } from './last-seen.ts';
import { said, ways } from './node-state.ts';
import { seenIn } from './packets.ts';
import { addressesOf, inWords, nodesOf, type Pair, serversOf } from './pairs.ts';
import { endTrace, startTrace, traced } from './trace.ts';

/** So many bytes of a packet are its headers, those of a tunnel included. A lookup is read whole. */
const headers = 160;
const whole = 600;

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
  const { port, sourcePort } = pair.port;
  // A server behind a Service, or behind a hostPort, is asked at the port where it serves.
  const asked = pair.target.endpoint?.ip === pair.target.address ? [port] : [port, ...probes.served];
  // An answer from another address than was asked shows by the port to which it comes.
  const ports = sourcePort === undefined ? asked : [...asked, sourcePort];
  const addresses = addressesOf(pair, probes.endpoints);
  const seconds = bounds.evidence / 1000;
  const plan = { filter: filterOf(addresses, ports), seconds, bytes: pair.question ? whole : headers };
  const counters = async (node: string) => (await nodes.run(node, ['iptables-save', '-c'])).stdout;

  const [captures, traces] = await Promise.all([
    ofEach(folder, 'packets', names, (node) => startCapture(nodes, node, plan)),
    ofEach(folder, 'rules that are met', names, (node) =>
      startTrace(nodes, node, { addresses, ports, seconds }),
    ),
  ]);
  const before = await ofEach(folder, 'rules that count', names, counters);
  const again: AskedAgain = await askAgain(pair, probes).catch((error: unknown) => ({
    inWords: `not known: ${explain(error)}`,
  }));
  const after = await ofEach(folder, 'rules that count', names, counters);
  const [captured, met] = await Promise.all([
    ofEach(folder, 'packets', captures.keys(), async (node) => {
      const capture = captures.get(node);
      return capture && endCapture(nodes, capture);
    }),
    ofEach(folder, 'rules that are met', traces.keys(), async (node) => {
      const trace = traces.get(node);
      return trace && endTrace(nodes, node, trace);
    }),
  ]);
  // An echo has no port, by which packets are followed here; the captures show it.
  const sentence =
    pair.port.protocol === 'ICMP'
      ? undefined
      : lastSeen({
          pair,
          endpoints: probes.endpoints,
          served: probes.served,
          captures: new Map([...captured].map(([node, { text }]) => [node, seenIn(text, packetsAtMost)])),
          ...(again.answered !== undefined && { answered: again.answered }),
        });
  if (sentence !== undefined) folder.lastSeen(sentence);

  await Promise.all([
    folder.add({
      title: 'One probe again: its way, and the rules that counted it',
      name: 're-probe.txt',
      content: async () => {
        const ofNodes = names.map((node) =>
          ofNode(order, node, [
            ...rulesThatCounted(before.get(node) ?? '', after.get(node) ?? ''),
            ...rulesThatWereMet(met.get(node)),
          ]),
        );
        return [
          ...(sentence === undefined ? [] : [sentence]),
          `asked again: ${inWords(pair)}`,
          `observed again: ${again.inWords}`,
          ...(await Promise.all(ofNodes)),
        ].join('\n\n');
      },
    }),
    ...[...captured].map(([node, capture]) => keep(node, capture, folder)),
  ]);
}

/** What each node gives, by its name. One that gives nothing is missing; that is a problem of the evidence alone. */
async function ofEach<T>(
  folder: Folder,
  what: string,
  names: Iterable<string>,
  ask: (node: string) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> {
  const all = [...names].map(async (node): Promise<[string, T][]> => {
    try {
      const given = await ask(node);
      return given === undefined ? [] : [[node, given]];
    } catch (error) {
      folder.problem(`${what} on ${node}: ${explain(error)}`);
      return [];
    }
  });
  return new Map((await Promise.all(all)).flat());
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

function rulesThatCounted(before: string, after: string): readonly string[] {
  const rules = counted(before, after);
  return [
    'rules of iptables that counted packets meanwhile, other traffic of the node included:',
    ...(rules.length > 0 ? rules : ['none']),
  ];
}

/** @param trace undefined where kube-proxy's rules are not of nftables */
function rulesThatWereMet(trace: string | undefined): readonly string[] {
  if (trace === undefined) return [];
  const rules = traced(trace);
  return ['', 'rules of nftables that its packets met:', ...(rules.length > 0 ? rules : ['none'])];
}

async function ofNode(
  { pair, nodes, probes }: ReProbe,
  node: string,
  rules: readonly string[],
): Promise<string> {
  const to = serversOf(pair, probes.endpoints).map(({ ip }: Endpoint) => ip);
  const addresses = to.length > 0 ? to : [pair.target.address];
  const local = pair.source.kind === 'node' && pair.source.node === node;
  return [`== ${node}`, ...rules, '', await said(nodes, node, ways(pair.source.ip, addresses, local))].join(
    '\n',
  );
}
