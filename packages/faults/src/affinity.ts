import {
  type AppliedFault,
  type Cluster,
  exitCode,
  NetproofError,
  type Nodes,
  runOnEach,
} from '@netproof/core';
import { insertProxyRules } from './insert-proxy-rules.ts';
import { listedSets, proxyRules } from './proxy-rules.ts';
import { proxyChains, type ServiceChain, serviceChains, usesNftables } from './service-chains.ts';

/** What the proxies of all nodes remember of the clients of our Services with affinity. */
export interface Memory {
  /** The Services that remember them: `netproof-y/sticky`. @throws NetproofError `NO_SERVICE_CHAIN` without any */
  services(): Promise<readonly string[]>;
  /** For each node, how many seconds clients are remembered. */
  timeouts(): Promise<readonly ReadonlySet<number>[]>;
  /** Counts connections that get a backend by lot: those of a client that is remembered do not. */
  lots(): Promise<AppliedFault>;
}

export function memoryOf(cluster: Cluster, nodes: Nodes): Memory {
  return usesNftables(cluster) ? inNftables(nodes) : inIptables(nodes);
}

function inIptables(nodes: Nodes): Memory {
  const saved = (...counters: string[]) => listed(nodes, ['iptables-save', ...counters, '-t', 'nat']);
  return {
    services: async () => remembering((await saved()).flatMap(serviceChains)),
    timeouts: async () => (await saved()).map((save) => new Set(timeouts(save))),
    // kube-proxy's rules count; it begins anew when it writes the chains, as it did when the timeout was changed.
    lots: async () => ({
      effect: async () => (await saved('-c')).reduce((sum, save) => sum + choicesIn(save), 0),
      revert: async () => {},
    }),
  };
}

/** The lengths in seconds for which kube-proxy remembers clients of our Services. */
export function timeouts(save: string): readonly number[] {
  const rule = /^-A KUBE-SVC-\w+ .*--comment "netproof-.* -m recent --rcheck --seconds (\d+) /gm;
  return [...save.matchAll(rule)].map(([, seconds]) => Number(seconds));
}

/** @param save output of `iptables-save -c -t nat` */
export function choicesIn(save: string): number {
  const sticky = serviceChains(save.replaceAll(/^\[\d+:\d+\] /gm, '')).filter(({ affinity }) => affinity);
  const rule = /^\[(\d+):\d+\] -A (KUBE-SVC-\w+) (?!.* -m recent ).* -j KUBE-SEP-\w+$/gm;
  return [...save.matchAll(rule)]
    .filter(([, , chain]) => sticky.some((one) => one.chain === chain))
    .reduce((sum, [, packets]) => sum + Number(packets), 0);
}

function inNftables(nodes: Nodes): Memory {
  const all = () => listed(nodes, proxyRules);
  return {
    services: async () => remembering((await all()).flatMap(proxyChains)),
    timeouts: async () => (await all()).map((listing) => new Set(proxyTimeouts(listing))),
    // kube-proxy's rules do not count, so ours do, right before those that draw lots.
    async lots() {
      const listings = await all();
      // Who is remembered at several backends, as after a fault that forgets, would go to the next of them without a lot.
      await runOnEach(
        nodes,
        listings.flatMap((listing, at) =>
          affinitySets(listing).map(({ name }) => ({
            node: nodes.list[at]?.name ?? '',
            argv: ['nft', 'flush', 'set', 'ip', 'kube-proxy', name],
          })),
        ),
      );
      const rules = listings.flatMap((listing, at) =>
        proxyChains(listing)
          .filter(({ affinity }) => affinity)
          .map(({ chain, lot }) => ({ node: nodes.list[at]?.name ?? '', chain, before: lot, match: [] })),
      );
      return insertProxyRules(nodes, rules);
    },
  };
}

/** The same in nftables mode. @param listing what {@link proxyRules} prints */
export function proxyTimeouts(listing: string): readonly number[] {
  return affinitySets(listing).map(({ timeout }) => timeout ?? 0);
}

const affinitySets = (listing: string) =>
  listedSets(listing).filter(({ name }) => /^affinity-\w+-netproof-/.test(name));

async function listed({ list, run }: Nodes, listing: readonly string[]): Promise<readonly string[]> {
  const all = await Promise.all(list.map(({ name }) => run(name, listing)));
  return all.map(({ stdout }) => stdout);
}

function remembering(chains: readonly ServiceChain[]): readonly string[] {
  const names = new Set(chains.filter(({ affinity }) => affinity).map(({ service }) => service));
  if (names.size > 0) return [...names];
  throw new NetproofError('no Service of netproof with affinity has a chain of kube-proxy on any node', {
    code: 'NO_SERVICE_CHAIN',
    exit: exitCode.defect,
  });
}
