/*
 * What kube-proxy writes in nftables mode, as nft(8) lists it in JSON (libnftables-json(5)): a table `kube-proxy`
 * with a chain for each port of a Service.
 */

/** Lists that table; prints nothing on a node that has none. */
export const proxyRules = [
  'sh',
  '-c',
  `tables=$(nft list tables ip) || exit
  case $tables in *'ip kube-proxy'*) exec nft -j -a list table ip kube-proxy ;; esac`,
] as const;

/** A rule as it is listed, with what of its expressions is read here. */
export interface ListedRule {
  readonly chain: string;
  readonly handle: number;
  readonly comment?: string;
  readonly expr: readonly Expression[];
}

export interface Expression {
  readonly counter?: { readonly packets: number };
  readonly goto?: { readonly target: string };
  readonly match?: { readonly right: unknown };
  /** `numgen random mod 3 vmap { 0 : goto A, … }` */
  readonly vmap?: { readonly data: Choice<{ readonly goto: { readonly target: string } }> };
  /** `dnat ip to numgen random mod 3 map { 0 : 10.1.0.4 . 8080, … }` */
  readonly dnat?: {
    readonly addr: {
      readonly map?: { readonly data: Choice<{ readonly concat: readonly [string, number] }> };
    };
  };
}

interface Choice<T> {
  readonly set: readonly (readonly [number, T])[];
}

export interface ListedSet {
  readonly name: string;
  /** In seconds. */
  readonly timeout?: number;
}

interface Listing {
  readonly nftables: readonly { readonly rule?: ListedRule; readonly set?: ListedSet }[];
}

/** @param listing what {@link proxyRules} prints */
export function listedRules(listing: string): readonly ListedRule[] {
  return parts(listing).flatMap(({ rule }) => rule ?? []);
}

/** @param listing what {@link proxyRules} prints */
export function listedSets(listing: string): readonly ListedSet[] {
  return parts(listing).flatMap(({ set }) => set ?? []);
}

function parts(listing: string): Listing['nftables'] {
  return listing.trim() === '' ? [] : (JSON.parse(listing) as Listing).nftables;
}
