import type { Nodes } from './ports.ts';

/** `worker netproof-new/p3 10.1.64.0/26` for each address that a pod has been given. */
const template = `{{range .items}}{{$block := .spec.cidr}}{{range .spec.attributes}}{{with .secondary}}{{if .pod}}{{.node}} {{.namespace}}/{{.pod}} {{$block}}
{{end}}{{end}}{{end}}{{end}}`;

/** As an administrator of the node, where kubeadm has set it up. */
const argv = [
  ...['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', 'get', 'ipamblocks.crd.projectcalico.org'],
  ...['--output', `go-template=${template}`],
];

/**
 * What Calico's IPAM has reserved for pods, by their node: `reservation for netproof-new/p3 in 10.1.64.0/26`. It keeps
 * that in objects of the API, from which its plugin takes a pod when the pod's network is deleted.
 *
 * @throws where there is no control plane to ask, or it does not answer
 */
export async function reservedInBlocks({
  list,
  run,
}: Nodes): Promise<ReadonlyMap<string, readonly string[]>> {
  const from = list.find(({ controlPlane }) => controlPlane);
  if (from === undefined) throw new Error('no control plane from which the blocks of Calico could be read');
  const { stdout } = await run(from.name, argv);
  const found = stdout.split('\n').flatMap((line) => {
    const [node, pod, block] = line.trim().split(' ');
    return node && pod && block ? [{ node, what: `reservation for ${pod} in ${block}` }] : [];
  });
  const byNode = Map.groupBy(found, ({ node }) => node);
  return new Map([...byNode].map(([node, own]) => [node, own.map(({ what }) => what)]));
}
