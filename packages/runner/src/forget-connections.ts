import type { Nodes, Probes } from '@netproof/core';

/**
 * Takes what begins at probe pods and what is answered by them out of the nodes' connection tracking. What a fault did
 * to a connection outlives its rules there: a later connection from the same port would still be rewritten, or go
 * where the fault had sent the first. All else stays: an agent of the CNI or a DNS server whose connection to the API
 * loses its translation hears nothing more until TCP has given up, half a minute later.
 */
export async function forgetConnections(plan: {
  readonly nodes: Nodes;
  readonly probes: Pick<Probes, 'endpoints'>;
}): Promise<void> {
  const pods = plan.probes.endpoints.filter(({ kind }) => kind === 'pod').map(({ ip }) => ip);
  const argv = ['sh', '-c', deletion, 'sh', ...pods];
  await Promise.all(plan.nodes.list.map(({ name }) => plan.nodes.run(name, argv)));
}

/*
 * conntrack(8) exits with 1 where nothing was to be deleted as it does where it could not delete: only what it says at
 * its end tells that it has come through. It stops in the midst of it at an entry that has ended by itself since it was
 * listed, so it is run again then.
 */
const deletion = `delete() {
  for time in 1 2 3 4 5 6 7 8 9; do
    said=$(conntrack -D "$@" 2>&1 >/dev/null)
    status=$?
    case $said in *'have been deleted'*) return ;; esac
  done
  echo "conntrack -D $* exited with $status: $said" >&2
  exit 1
}
# All that is over goes at once: it is thousands, through which each of the others would have to look.
delete --proto tcp --state TIME_WAIT
delete --proto tcp --state CLOSE
for pod; do
  delete --orig-src "$pod"
  delete --reply-src "$pod"
done`;
