import { loadClusters } from '@netproof/runner';
import { places } from '../places.ts';

/** `netproof clusters`: every cluster with its versions and what it claims. */
export async function clustersCommand(): Promise<number> {
  for (const { name, spec } of await loadClusters(places.clusters)) {
    const taken = spec.default ? `, taken by --cni ${spec.cni.name}` : '';
    process.stdout.write(
      `${name}\n  ${spec.cni.name} ${spec.cni.version} (${spec.cni.mode}), Kubernetes ${spec.kubernetes}, kube-proxy ${spec.kubeProxy}${taken}\n  claims ${spec.claims.join(', ')}\n`,
    );
  }
  return 0;
}
