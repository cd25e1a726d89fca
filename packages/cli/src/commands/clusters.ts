import { type ClusterFolder, loadClusters } from '@netproof/runner';
import { places } from '../places.ts';

/** `netproof clusters`: every cluster with its versions and what it claims. */
export async function clustersCommand({ json = false }: { readonly json?: boolean }): Promise<number> {
  const all = await loadClusters(places.clusters);
  process.stdout.write(json ? `${JSON.stringify(all.map(facts))}\n` : all.map(shown).join('\n'));
  return 0;
}

const facts = ({ name, spec }: ClusterFolder) => ({ name, ...spec, install: undefined });

function shown({ name, spec }: ClusterFolder): string {
  const { cni, kubernetes, kubeProxy, claims, kernel, divergences } = spec;
  const proxy = kubeProxy === 'none' ? 'no kube-proxy' : `kube-proxy with ${kubeProxy}`;
  const lines = [
    `${name}${spec.default ? `  (--cni ${cni.name})` : ''}`,
    `  ${cni.name} ${cni.version}, ${cni.mode}; Kubernetes ${kubernetes}, ${proxy}`,
    `  claims ${claims.join(', ')}`,
    ...(kernel.length > 0 ? [`  needs of the kernel ${kernel.join(', ')}`] : []),
    ...divergences.map(
      ({ check, reason, reference, expires }) =>
        `  known to fail until ${expires}: ${check}: ${reason} (${reference})`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
