import { type AppliedFault, exitCode, type FaultContext, NetproofError, type Nodes } from '@netproof/core';
import { insertProxyRules, type ProxyRule } from './insert-proxy-rules.ts';
import { insertRules, type Rule } from './iptables.ts';
import { type ListedRule, listedRules, proxyRules } from './proxy-rules.ts';

/** Where kube-proxy spreads the new connections of one port of a Service over several backends. */
export interface ServiceChain {
  /** `netproof-x/web` */
  readonly service: string;
  /** `KUBE-SVC-…`; `service-…` in nftables mode. */
  readonly chain: string;
  /** What its rules end in, in the order in which they are asked: `KUBE-SEP-…`; in nftables mode `dnat to …`. */
  readonly backends: readonly string[];
  /** Whether it remembers its clients. */
  readonly affinity: boolean;
}

/**
 * The chains in which kube-proxy spreads a Service of netproof over several backends.
 *
 * @param save output of `iptables-save -t nat`
 */
export function serviceChains(save: string): readonly ServiceChain[] {
  const jump = /^-A (KUBE-SVC-\w+) .*--comment "(netproof-[^:"]+)\S* -> \S+".* -j (KUBE-SEP-\w+)$/gm;
  const jumps = [...save.matchAll(jump)].map(([rule, chain = '', service = '', backend = '']) => ({
    rule,
    chain,
    service,
    backend,
  }));
  return [...Map.groupBy(jumps, ({ chain }) => chain)]
    .map(([chain, all]) => ({
      service: all[0]?.service ?? '',
      chain,
      backends: [...new Set(all.map(({ backend }) => backend))],
      affinity: all.some(({ rule }) => rule.includes('-m recent')),
    }))
    .filter(({ backends }) => backends.length > 1);
}

/** Such a chain in nftables mode. */
export interface ProxyChain extends ServiceChain {
  readonly protocol: string;
  /** The handle of the rule that draws lots. */
  readonly lot: number;
}

/**
 * The same in nftables mode.
 *
 * @param listing what {@link proxyRules} prints
 */
export function proxyChains(listing: string): readonly ProxyChain[] {
  const all = [...Map.groupBy(listedRules(listing), ({ chain }) => chain)];
  return all.flatMap(([chain, rules]) => {
    const [, service, protocol] = /^service-\w+-(netproof-[^/]+\/[^/]+)\/([^/]+)\//.exec(chain) ?? [];
    const lots = rules.map((rule) => ({ handle: rule.handle, backends: backendsOf(rule) }));
    const lot = lots.find(({ backends }) => backends.length > 1);
    if (service === undefined || protocol === undefined || lot === undefined) return [];
    const affinity = rules.some(({ expr }) =>
      expr.some(({ match }) => String(match?.right).startsWith('@affinity-')),
    );
    return [{ service, chain, protocol, backends: lot.backends, affinity, lot: lot.handle }];
  });
}

/** Between what a rule draws lots, each as a rule's verdict; none where it draws none. */
function backendsOf({ expr }: ListedRule): readonly string[] {
  return expr.flatMap(({ dnat, vmap }) => [
    ...(dnat?.addr.map?.data.set ?? []).map(([, { concat }]) => `dnat to ${concat.join(':')}`),
    ...(vmap?.data.set ?? []).map(([, { goto }]) => `goto ${goto.target}`),
  ]);
}

/** A share of what comes so far that goes to one backend; all of it at 1. */
export interface Detour {
  readonly to: string;
  readonly share: number;
}

/**
 * Sends new connections of our Services, with affinity or without, past the proxy's own choice.
 *
 * @param detoursOf what is done in a chain with these backends, in the order in which it is asked
 * @throws NetproofError `NO_SERVICE_CHAIN` when no node has such a chain
 */
export async function divert(
  { cluster, nodes }: Pick<FaultContext, 'cluster' | 'nodes'>,
  affinity: boolean,
  detoursOf: (backends: readonly string[]) => readonly Detour[],
): Promise<AppliedFault> {
  if (usesNftables(cluster)) {
    const rules = await each(nodes, proxyRules, (node, listing) =>
      proxyChains(listing)
        .filter((one) => one.affinity === affinity)
        .flatMap((one) => detoursOf(one.backends).map((detour) => proxyRule(node, one, detour))),
    );
    return insertProxyRules(nodes, rules);
  }
  const rules = await each(nodes, ['iptables-save', '-t', 'nat'], (node, save) =>
    serviceChains(save)
      .filter((one) => one.affinity === affinity)
      // Each goes to the top of its chain, so the first comes last.
      .flatMap((one) =>
        detoursOf(one.backends)
          .toReversed()
          .map((detour) => rule(node, one, detour)),
      ),
  );
  return insertRules(nodes, rules);
}

/** Whether kube-proxy's rules are of nftables, and in a table of their own. */
export function usesNftables({ claims }: FaultContext['cluster']): boolean {
  return claims.includes('kube-proxy/nftables');
}

async function each<R>(
  nodes: Nodes,
  listing: readonly string[],
  rulesOf: (node: string, listed: string) => readonly R[],
): Promise<readonly R[]> {
  const all = nodes.list.map(async ({ name }) => rulesOf(name, (await nodes.run(name, listing)).stdout));
  const rules = (await Promise.all(all)).flat();
  if (rules.length > 0) return rules;
  throw new NetproofError('no node has a chain of kube-proxy for such a Service of netproof', {
    code: 'NO_SERVICE_CHAIN',
    exit: exitCode.defect,
  });
}

function rule(node: string, { chain }: ServiceChain, { to, share }: Detour): Rule {
  const lot = share < 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', `${share}`] : [];
  return { node, table: 'nat', chain, spec: [...lot, '-j', to] };
}

/** Of how many the share in nftables mode is so many. */
const all = 1_000_000;

function proxyRule(node: string, { chain, protocol }: ProxyChain, { to, share }: Detour): ProxyRule {
  const lot = share < 1 ? ['numgen', 'random', 'mod', `${all}`, '<', `${Math.round(share * all)}`] : [];
  const match = ['meta', 'l4proto', protocol, ...lot];
  return { node, chain, match, verdict: to.split(' ') };
}
