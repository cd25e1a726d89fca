import type { Nodes } from '@netproof/core';
import { podOf } from '@netproof/kube/names';

/** The last lines of each log: the rest is in the cluster. */
const lines = '15';
/** They speak of the API and not of the network, and of requests with what they carried. */
const ofControlPlane = /^kube-system_(kube-apiserver|kube-controller-manager|kube-scheduler|etcd)-/;
const ours = /^netproof-/;
const ofDns = /^kube-system_coredns-/;

/**
 * The last lines that the node's network components wrote, and the kubelet: everything that runs there but the
 * control plane, probes that are not concerned, and CoreDNS where the check does not ask it.
 */
export async function lastLines(
  nodes: Nodes,
  node: string,
  { check, endpoints }: { readonly check: string; readonly endpoints: readonly string[] },
): Promise<string> {
  const { stdout } = await nodes.run(node, ['ls', '/var/log/pods']);
  const folders = concerned(stdout.split('\n').filter(Boolean), check, endpoints);
  const script = `for folder do tail -v -n ${lines} /var/log/pods/"$folder"/*/*.log 2>&1; echo; done
echo '==> kubelet <=='; journalctl -u kubelet -n ${lines} --no-pager -o short-iso 2>&1`;
  return (await nodes.run(node, ['sh', '-c', `${script}; true`, 'sh', ...folders])).stdout;
}

/** @param folders names in `/var/log/pods`: `<namespace>_<pod>_<uid>` */
export function concerned(
  folders: readonly string[],
  check: string,
  endpoints: readonly string[],
): readonly string[] {
  const probes = endpoints.map((id) => `${podOf(id).namespace}_${podOf(id).pod}_`);
  return folders.filter((folder) => {
    if (ours.test(folder)) return probes.some((probe) => folder.startsWith(probe));
    if (ofDns.test(folder)) return check.startsWith('dns/');
    return !ofControlPlane.test(folder);
  });
}
