import type { Cni } from './cni.ts';
import type { Feature } from './features.ts';
import type { Isolation } from './isolation.ts';
import type { Judge } from './judge.ts';
import type { Load } from './latency.ts';
import type { Shift } from './metric.ts';
import type { Pods } from './pods.ts';
import type { Cluster, Nodes, Probes } from './ports.ts';

/** All that a check may touch. A later port (Outside) is one more field here. */
export interface CheckContext {
  readonly cluster: Cluster;
  readonly nodes: Nodes;
  readonly probes: Probes;
  readonly load: Load;
  readonly isolation: Isolation;
  readonly pods: Pods;
  readonly cni: Cni;
  readonly judge: Judge;
}

/** Something the cluster must have for a check to mean anything. */
export type Need =
  | { readonly kind: 'feature'; readonly feature: Feature }
  | { readonly kind: 'without'; readonly feature: Feature }
  | { readonly kind: 'nodes'; readonly atLeast: number };

export const feature = (name: Feature): Need => ({ kind: 'feature', feature: name });
/** For a check of what a cluster that does not claim a feature must say so of. */
export const without = (name: Feature): Need => ({ kind: 'without', feature: name });
export const nodes = (atLeast: number): Need => ({ kind: 'nodes', atLeast });

/**
 * One requirement. Its file is `suites/<id>.ts`, its id is that path, and objects that it needs in the
 * cluster stand beside it in `suites/<id>.yaml`.
 */
export interface CheckDefinition {
  /** One sentence with MUST (RFC 2119) about the network, not about the test. */
  readonly requirement: string;
  /** The page and heading that says so. */
  readonly source: string;
  /** Upstream tests whose promise this check proves, by their names. */
  readonly covers?: readonly string[];
  readonly needs: readonly Need[];
  /**
   * It takes minutes, or disturbs what others look at: it runs where it or the folder that it is in is named, after all
   * others that were, and not with all others.
   */
  readonly onlyNamed?: true;
  /**
   * It takes seconds: a whole proof runs it without a fault and under those that must show in it. One that names checks,
   * suites or faults runs it under all of them.
   */
  readonly slow?: true;
  /** Faults under which this check must, or may, be red. Under every other fault it must stay green. */
  readonly reddenedBy: { readonly must: readonly string[]; readonly may?: readonly string[] };
  /** Faults that blind its probes, or keep from them what it judges: under them it must be `inconclusive`. */
  readonly cloudedBy?: readonly string[];
  /** Faults under which it must stay green, and what they must add to its metrics: they show there and nowhere else. */
  readonly movedBy?: Readonly<Record<string, Shift>>;
  run(context: CheckContext): Promise<void>;
}

export interface Check extends CheckDefinition {
  readonly id: string;
}

/** Marks a file's default export as a check and gives it its type. */
export function check(definition: CheckDefinition): CheckDefinition {
  return definition;
}

/** Why a cluster cannot be judged by a check; undefined where it can. */
export function notApplicable(
  needs: readonly Need[],
  cluster: Cluster,
  nodeCount: number,
): string | undefined {
  const lacks = needs.flatMap((need) => {
    if (need.kind === 'nodes')
      return nodeCount < need.atLeast ? [`needs ${need.atLeast} nodes, has ${nodeCount}`] : [];
    if (need.kind === 'without')
      return cluster.claims.includes(need.feature) ? [`the cluster claims ${need.feature}`] : [];
    if (cluster.claims.includes(need.feature)) return [];
    return [cluster.lacks?.[need.feature] ?? `the cluster does not claim ${need.feature}`];
  });
  return lacks.length === 0 ? undefined : lacks.join('; ');
}
