/** What a `cluster.yaml` may claim; clusters/README.md says what each of them promises. */
export const claims = [
  'PodNetwork',
  'PodAddressAtNodes',
  'NodePodCIDR',
  'Services',
  'NetworkPolicy',
  'IPBlockSelectsPods',
  'PodsReachOutside',
  'HostPort',
  'EgressNamedPorts',
  'pods/host-local',
  'pods/calico-ipam',
  'pods/iptables',
  'pods/routes',
  'pods/vxlan',
] as const;

export type Claim = (typeof claims)[number];

/** The feature of clusters beside which we may put a client, on the network of their nodes and none of them. */
export const outsideClient = 'OutsideClient';

/** The feature of clusters in which we may start pods. A fault that stops what makes them takes it away. */
export const newPods = 'NewPods';

/** The feature of clusters that name the agents of their CNI, so that we may restart them. */
export const cniAgents = 'CNIAgents';

/** The feature of clusters that we made: commands may be run on their nodes (decisions/existing-clusters.md). */
export const nodeAccess = 'NodeAccess';

/** The feature of clusters that let us run pods in the networks of their nodes. */
export const hostNetworkPods = 'HostNetworkPods';

/** The feature of clusters whose nodes let us have ports of theirs lead to pods; that they do is `HostPort`. */
export const hostPortPods = 'HostPortPods';

/** The feature of probes that can send ICMP echoes. */
export const icmpEcho = 'IcmpEcho';

/** The feature of probes that have k6. */
export const loadTool = 'LoadTool';

/** What no `cluster.yaml` claims: it follows from how a cluster is made, or from what we may do there. */
export const ownFeatures = [
  outsideClient,
  newPods,
  cniAgents,
  nodeAccess,
  hostNetworkPods,
  hostPortPods,
  icmpEcho,
  loadTool,
  'pods/ipam',
  'kube-proxy/iptables',
  'kube-proxy/nftables',
  'kube-proxy/ipvs',
  'kube-proxy/none',
  'kube-proxy/netfilter',
] as const;

/** All that checks and faults may need of a cluster. */
export type Feature = Claim | (typeof ownFeatures)[number];
