import type { Cluster, Nodes, Probes } from '@netproof/core';

/**
 * Takes what begins at probe pods, and all that comes to pods, out of the nodes' connection tracking. What a fault did
 * to a connection outlives its rules there: a later connection from the same port would still be rewritten, or go
 * where the fault had sent the first. All else stays: an agent of the CNI or a DNS server whose connection to the API
 * loses its translation hears nothing more until TCP has given up, half a minute later.
 */
export async function forgetConnections(plan: {
  readonly nodes: Nodes;
  readonly probes: Pick<Probes, 'endpoints'>;
  readonly cluster: Pick<Cluster, 'podSubnet'>;
}): Promise<void> {
  const pods = plan.probes.endpoints.filter(({ kind }) => kind === 'pod').map(({ ip }) => ip);
  const argv = ['sh', '-c', deletion, 'sh', plan.cluster.podSubnet, ...pods];
  await Promise.all(plan.nodes.list.map(({ name }) => plan.nodes.run(name, argv)));
}

/** conntrack(8) exits with 1 where nothing was to be deleted as it does where it could not delete. */
const deletion = `delete() {
  said=$(conntrack -D "$@" 2>&1 >/dev/null)
  case $said in *'have been deleted'*) ;; *) echo "$said" >&2; exit 1 ;; esac
}
delete --reply-src "$1"
shift
for pod; do delete --orig-src "$pod"; done`;
