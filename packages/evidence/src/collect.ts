import { setTimeout as pause } from 'node:timers/promises';
import {
  bounds,
  type Check,
  type CheckContext,
  type CheckResult,
  explain,
  type Milliseconds,
  nodeAccess,
} from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { askAgain } from './ask-again.ts';
import { tracked } from './conntrack.ts';
import { eventsOf } from './events.ts';
import { expectedAndObserved } from './expected-observed.ts';
import { type Evidence, Folder } from './folder.ts';
import { lastLines } from './logs.ts';
import { network, rules, said } from './node-state.ts';
import { addressesOf, concernedPairs, inWords, nodesOf, type Pair, serversOf } from './pairs.ts';
import { reProbe } from './re-probe.ts';

export interface EvidenceOrder {
  /** The run's folder. */
  readonly run: string;
  readonly check: Check;
  readonly fault?: string | undefined;
  readonly context: Omit<CheckContext, 'judge' | 'load' | 'isolation' | 'pods' | 'cni'>;
  readonly outcome: CheckResult;
  /** Every Event of the cluster, from its API. */
  readonly events: () => Promise<readonly Manifest[]>;
  /** After which it ends with what there is; `bounds.evidence` without it. */
  readonly bound?: Milliseconds;
}

/** More pairs show the same once more. */
const pairsAtMost = 3;
const nodesAtMost = 3;

/**
 * Asks the nodes what they know of a check that has just failed, and keeps it in a folder
 * `evidence/<check>[-<fault>]/` of the run's folder. It never rejects and ends within its bound: what
 * could not be had by then is a problem of the evidence and of nothing else.
 */
export async function collectEvidence(order: EvidenceOrder): Promise<Evidence> {
  const { bound = bounds.evidence } = order;
  try {
    const fault = order.fault === undefined ? '' : `-${order.fault}`;
    const folder = await Folder.make(order.run, `${order.check.id.replaceAll('/', '-')}${fault}`);
    await folder.add({
      title: 'Expected and observed',
      name: 'expected-observed.txt',
      content: async () => expectedAndObserved(order),
    });
    const ended = new AbortController();
    const late = pause(bound, undefined, { signal: ended.signal }).then(
      () => folder.problem(`the rest was not there within ${bound / 1000} s`),
      () => {},
    );
    await Promise.race([askNodes(folder, order), late]);
    ended.abort();
    return await folder.close();
  } catch (error) {
    return { folder: order.run, files: [], problems: [explain(error)] };
  }
}

async function askNodes(folder: Folder, order: EvidenceOrder): Promise<void> {
  const { cluster, nodes, probes } = order.context;
  const pairs = concernedPairs(order.outcome.judgement ?? { findings: [] }, pairsAtMost);
  const [first] = pairs;
  const names = concernedNodes(order, pairs);
  const addresses = pairs.map((pair) => addressesOf(pair, probes.endpoints));
  const ends = pairs.flatMap((pair) => [pair.source, ...serversOf(pair, probes.endpoints)]);
  // The pod of a further container: `x/a` of `x/a:second`.
  const endpoints = [...new Set(ends.map(({ id }) => id.replace(/:.*/, '')))];
  const events = () =>
    folder.add({
      title: 'Last events of these nodes and pods',
      name: 'events.txt',
      content: async () => eventsOf(await order.events(), { nodes: names, endpoints }),
    });
  if (!cluster.claims.includes(nodeAccess)) {
    await Promise.all([first && askedAgain(folder, first, order), events()]);
    folder.problem('what the nodes know: netproof runs nothing on those of a cluster that it did not make');
    return;
  }
  // First, because connection tracking forgets soon, and the probe that is made again would be in it.
  await Promise.all(
    names.map((node) =>
      folder.add({
        title: `Connections tracked on ${node}`,
        name: `conntrack-${node}.txt`,
        content: () => tracked(nodes, node, addresses),
      }),
    ),
  );
  await Promise.all([
    first && reProbe({ pair: first, nodes, probes, folder }),
    ...names.map((node) =>
      folder.add({
        title: `Rules and their counters on ${node}`,
        name: `rules-${node}.txt`,
        content: () => said(nodes, node, rules(addresses.flat())),
      }),
    ),
  ]);
  // Last, because it says least and stays as it is.
  await Promise.all([events(), ...names.flatMap((node) => stateOf(folder, order, node, endpoints))]);
}

/** One probe again, where no node tells what it met. */
function askedAgain(folder: Folder, pair: Pair, { context: { probes } }: EvidenceOrder): Promise<void> {
  return folder.add({
    title: 'One probe again',
    name: 're-probe.txt',
    content: async () => {
      const { inWords: seen } = await askAgain(pair, probes);
      return `asked again: ${inWords(pair)}\nobserved again: ${seen}`;
    },
  });
}

/** Those of the pairs; where the findings show none, the cluster's first. */
function concernedNodes({ context: { nodes, probes } }: EvidenceOrder, pairs: readonly Pair[]) {
  const known = nodes.list.map(({ name }) => name);
  const names = pairs.length > 0 ? pairs.flatMap((pair) => nodesOf(pair, probes.endpoints)) : known;
  return [...new Set(names)].filter((name) => known.includes(name)).slice(0, nodesAtMost);
}

function stateOf(
  folder: Folder,
  { check, context: { nodes } }: EvidenceOrder,
  node: string,
  endpoints: readonly string[],
): Promise<void>[] {
  return [
    folder.add({
      title: `Addresses, routes and neighbours of ${node}`,
      name: `network-${node}.txt`,
      content: () => said(nodes, node, network),
    }),
    folder.add({
      title: `Last lines of the logs on ${node}`,
      name: `logs-${node}.txt`,
      content: () => lastLines(nodes, node, { check: check.id, endpoints }),
    }),
  ];
}
