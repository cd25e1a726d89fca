import { contextIn } from '@netproof/kube';
import type { ClusterFolder } from '../clusters.ts';
import type { Earlier } from '../earlier.ts';
import type { RunOptions } from '../run.ts';
import { type Ended, ending } from '../run-clusters.ts';
import { unknown } from './detect.ts';
import { existingProvider } from './provider.ts';
import type { Where } from './where.ts';

export interface RunExistingOptions
  extends Omit<RunOptions, 'mode' | 'cluster' | 'provider' | 'lacks' | 'claims' | 'faults' | 'everyCell'> {
  readonly where: Where;
  readonly name: string;
  /** Whose claims and divergences hold there. */
  readonly as?: ClusterFolder | undefined;
  readonly image: string;
  readonly rbac: string;
  readonly earlier?: Earlier | undefined;
}

/** Runs the checks on a cluster that netproof did not make. It never rejects: what stood in the way is in the answer. */
export function runExisting(options: RunExistingOptions): Promise<Ended> {
  const { as, folder, image, name, rbac, signal, ui, where } = options;
  const nothingKnown = {
    cni: { name: unknown, version: unknown },
    kubernetes: unknown,
    kubeProxy: unknown,
    divergences: [],
  };
  return ending({
    ...options,
    mode: 'run',
    faults: [],
    everyCell: false,
    lacks: [],
    claims: [],
    cluster: { name, spec: nothingKnown },
    provider: existingProvider({ where, image, rbac, name, as, run: folder.id, ui, signal }),
  });
}

/**
 * What a cluster is called in reports: as what it is judged, else as its user calls it.
 *
 * @throws NetproofError `KUBECONFIG_INVALID` (exit 2)
 */
export function nameOfExisting({ kubeconfig, context }: Where, as: ClusterFolder | undefined): string {
  const own = contextIn(kubeconfig, context);
  return as?.name ?? (own.replace(/[^\w.-]+/g, '-') || 'existing');
}
