export interface ServiceChain {
  /** `KUBE-SVC-…` */
  readonly chain: string;
  /** The chains of its backends, `KUBE-SEP-…`, in the order in which they are asked. */
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
  const jump = /^-A (KUBE-SVC-\w+) .*--comment "netproof-\S+ -> \S+".* -j (KUBE-SEP-\w+)$/gm;
  const jumps = [...save.matchAll(jump)].map(([rule, chain = '', backend = '']) => ({
    rule,
    chain,
    backend,
  }));
  return [...Map.groupBy(jumps, ({ chain }) => chain)]
    .map(([chain, all]) => ({
      chain,
      backends: [...new Set(all.map(({ backend }) => backend))],
      affinity: all.some(({ rule }) => rule.includes('-m recent')),
    }))
    .filter(({ backends }) => backends.length > 1);
}
