/*
 * How objects of the cluster and endpoints of netproof are called. This file imports nothing: the agent,
 * which has no dependency, uses it too (`@netproof/kube/names`).
 */

/** Namespaces of netproof start with it; ids of endpoints leave it out. */
export const namespacePrefix = 'netproof-';

/** Carried by everything that a run makes in a cluster. */
export const runLabel = 'netproof.dev/run';

/** Owner of the fields that netproof applies (server-side apply). */
export const fieldManager = 'netproof';

/** `x/a` for pod `a` in namespace `netproof-x`; `kube-system/kube-dns` for what is not ours. */
export function endpointId(namespace: string, name: string): string {
  const short = namespace.startsWith(namespacePrefix) ? namespace.slice(namespacePrefix.length) : namespace;
  return `${short}/${name}`;
}

/** The pod behind an id of a namespace that is ours. */
export function podOf(id: string): { readonly namespace: string; readonly pod: string } {
  const [short = '', pod = ''] = id.split('/');
  return { namespace: `${namespacePrefix}${short}`, pod };
}
