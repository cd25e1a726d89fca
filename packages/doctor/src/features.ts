/** Something that the kernel may have or not. */
export interface Feature {
  readonly name: string;
  readonly neededBy: string;
  /** What happens without it. */
  readonly cost: string;
  /** Set where a run cannot do without: by itself, or without all that have the same value here. */
  readonly required?: string;
  /** Options that must be set for it, without `CONFIG_`. */
  readonly config: readonly string[];
  /** Its module, where it may be one. */
  readonly module?: string;
  /** A command that works in new namespaces only where the kernel has it; see {@link iptables}. */
  readonly trial?: readonly [string, ...string[]];
  /** What the command says where the kernel has it although it fails. */
  readonly works?: RegExp;
  /** Files of which one is there where the kernel has it. */
  readonly files?: readonly string[];
}

/** Stands in a trial for the iptables that this machine has. */
export const iptables = 'IPTABLES';

/** There where br_netfilter is; 1 where bridged packets pass iptables. Each network namespace has its own. */
export const bridgeCallsIptables = '/proc/sys/net/bridge/bridge-nf-call-iptables';

const rule = (...args: string[]) => [iptables, '-A', 'INPUT', ...args] as const;
const natRule = (...args: string[]) => [iptables, '-t', 'nat', '-A', 'POSTROUTING', ...args] as const;
const link = (type: string, ...args: string[]) =>
  ['ip', 'link', 'add', 'np0', 'type', type, ...args] as const;
const qdisc = (...args: string[]) => ['tc', 'qdisc', 'add', 'dev', 'lo', ...args] as const;

const noNode = 'no node starts';
const noService = 'kube-proxy cannot program Services';
const cilium = 'Cilium';
const noCilium = 'clusters with Cilium cannot be made';

/** A tmpfs over /tmp, in a mount namespace that goes with the command. */
const overlay =
  'mount -t tmpfs none /tmp && cd /tmp && mkdir a b c d && mount -t overlay none -o lowerdir=a,upperdir=b,workdir=c d';

export const features: readonly Feature[] = [
  {
    name: 'overlayfs',
    neededBy: 'layers of images, in Docker and in nodes',
    cost: noNode,
    required: 'overlayfs',
    config: ['OVERLAY_FS'],
    module: 'overlay',
    trial: ['sh', '-c', overlay],
  },
  {
    name: 'bridge',
    neededBy: "Docker's network, the bridge CNI, Flannel",
    cost: noNode,
    required: 'bridge',
    config: ['BRIDGE'],
    module: 'bridge',
    trial: link('bridge'),
  },
  {
    name: 'veth',
    neededBy: 'every pod',
    cost: noNode,
    required: 'veth',
    config: ['VETH'],
    module: 'veth',
    trial: link('veth', 'peer', 'name', 'np1'),
  },
  {
    name: 'br_netfilter',
    neededBy: 'Services between pods of one bridge',
    cost: 'the bridge CNI and Flannel refuse to start',
    required: 'br_netfilter',
    config: ['BRIDGE_NETFILTER'],
    module: 'br_netfilter',
    // Nothing else loads it by itself.
    trial: ['sh', '-c', `modprobe -q br_netfilter 2>/dev/null; cat ${bridgeCallsIptables}`],
  },
  {
    name: 'iptables legacy',
    neededBy: 'kube-proxy, CNIs; this or nf_tables',
    cost: 'nodes use nf_tables',
    required: 'iptables',
    config: ['IP_NF_NAT'],
    module: 'iptable_nat',
    trial: ['iptables-legacy', '-t', 'nat', '-A', 'POSTROUTING'],
  },
  {
    name: 'iptables nf_tables',
    neededBy: 'kube-proxy, CNIs; this or legacy',
    cost: 'nodes use legacy',
    required: 'iptables',
    config: ['NF_TABLES', 'NFT_COMPAT'],
    module: 'nft_compat',
    trial: ['iptables-nft', '-t', 'nat', '-A', 'POSTROUTING', '-m', 'addrtype', '--dst-type', 'LOCAL'],
  },
  {
    name: 'nftables',
    neededBy: 'kube-proxy in nftables mode',
    cost: 'clusters with kube-proxy in nftables mode cannot be made',
    config: ['NF_TABLES', 'NFT_CT', 'NFT_NAT', 'NFT_MASQ', 'NFT_NUMGEN', 'NFT_REJECT'],
    module: 'nft_numgen',
  },
  {
    name: 'nf_conntrack',
    neededBy: 'Services, NetworkPolicy',
    cost: noService,
    required: 'nf_conntrack',
    config: ['NF_CONNTRACK', 'NETFILTER_XT_MATCH_CONNTRACK'],
    module: 'xt_conntrack',
    trial: rule('-m', 'conntrack', '--ctstate', 'NEW'),
  },
  {
    name: 'xt_statistic',
    neededBy: 'Services with several backends; faults that lose packets',
    cost: noService,
    required: 'xt_statistic',
    config: ['NETFILTER_XT_MATCH_STATISTIC'],
    module: 'xt_statistic',
    trial: rule('-m', 'statistic', '--mode', 'random', '--probability', '0.5'),
  },
  {
    name: 'xt_recent',
    neededBy: 'session affinity of Services',
    cost: noService,
    required: 'xt_recent',
    config: ['NETFILTER_XT_MATCH_RECENT'],
    module: 'xt_recent',
    trial: rule('-m', 'recent', '--rcheck', '--name', 'netproof'),
  },
  {
    name: 'xt_comment',
    neededBy: "every rule of kube-proxy's",
    cost: noService,
    required: 'xt_comment',
    config: ['NETFILTER_XT_MATCH_COMMENT'],
    module: 'xt_comment',
    trial: rule('-m', 'comment', '--comment', 'netproof'),
  },
  {
    name: 'xt_mark',
    neededBy: 'kube-proxy, to mark what is masqueraded',
    cost: noService,
    required: 'xt_mark',
    config: ['NETFILTER_XT_MARK'],
    module: 'xt_mark',
    trial: rule('-m', 'mark', '--mark', '1', '-j', 'MARK', '--or-mark', '0x4000'),
  },
  {
    name: 'xt_addrtype',
    neededBy: 'NodePorts',
    cost: noService,
    required: 'xt_addrtype',
    config: ['NETFILTER_XT_MATCH_ADDRTYPE'],
    module: 'xt_addrtype',
    trial: rule('-m', 'addrtype', '--dst-type', 'LOCAL'),
  },
  {
    name: 'xt_MASQUERADE',
    neededBy: 'kube-proxy, CNIs, faults that rewrite addresses',
    cost: noService,
    required: 'xt_MASQUERADE',
    config: ['NETFILTER_XT_TARGET_MASQUERADE'],
    module: 'xt_MASQUERADE',
    trial: natRule('-j', 'MASQUERADE'),
  },
  {
    name: 'ip_set',
    neededBy: 'Calico',
    cost: 'clusters with Calico cannot be made',
    config: ['IP_SET', 'NETFILTER_XT_SET', 'IP_SET_HASH_NET'],
    module: 'ip_set_hash_net',
    // There is no set of that name; that it was looked for shows that the kernel has sets.
    trial: rule('-m', 'set', '--match-set', 'netproof', 'src'),
    works: /Set netproof doesn't exist/,
  },
  {
    name: 'vxlan',
    neededBy: 'overlays of Flannel, Calico, Cilium',
    cost: 'clusters with a VXLAN overlay cannot be made',
    config: ['VXLAN'],
    module: 'vxlan',
    trial: link('vxlan', 'id', '1', 'dstport', '4789'),
  },
  {
    name: 'ipip',
    neededBy: 'overlays of Calico with IP in IP',
    cost: 'clusters with an IPIP overlay cannot be made',
    config: ['NET_IPIP'],
    module: 'ipip',
    trial: link('ipip', 'local', '127.0.0.1', 'remote', '127.0.0.2'),
  },
  {
    name: 'wireguard',
    neededBy: 'encryption by Calico, Cilium, Flannel',
    cost: 'clusters whose CNI encrypts with WireGuard cannot be made',
    config: ['WIREGUARD'],
    module: 'wireguard',
    trial: link('wireguard'),
  },
  {
    name: 'ip6',
    neededBy: 'IPv6 and dual-stack clusters',
    cost: 'clusters with IPv6 cannot be made',
    config: ['IPV6'],
    module: 'ipv6',
    trial: ['ip', '-6', 'address', 'add', 'fd00::1/128', 'dev', 'lo'],
  },
  {
    name: 'BPF syscall',
    neededBy: cilium,
    cost: noCilium,
    config: ['BPF_SYSCALL'],
    files: ['/proc/sys/kernel/unprivileged_bpf_disabled'],
  },
  {
    name: 'BTF',
    neededBy: cilium,
    cost: noCilium,
    config: ['DEBUG_INFO_BTF'],
    files: ['/sys/kernel/btf/vmlinux'],
  },
  {
    name: 'cgroup-bpf',
    neededBy: 'Cilium in place of kube-proxy',
    cost: 'clusters with Cilium in place of kube-proxy cannot be made',
    config: ['CGROUP_BPF'],
  },
  {
    name: 'sch_clsact',
    neededBy: cilium,
    cost: noCilium,
    config: ['NET_SCH_INGRESS', 'NET_CLS_ACT'],
    module: 'sch_ingress',
    trial: qdisc('clsact'),
  },
  {
    name: 'sch_tbf',
    neededBy: 'added delay and limited bandwidth',
    cost: 'what adds delay or limits bandwidth would be not-applicable',
    config: ['NET_SCH_TBF'],
    module: 'sch_tbf',
    trial: qdisc('root', 'tbf', 'rate', '1mbit', 'burst', '10k', 'latency', '10ms'),
  },
  {
    name: 'sch_netem',
    neededBy: 'added delay',
    cost: 'added delay uses sch_tbf instead',
    config: ['NET_SCH_NETEM'],
    module: 'sch_netem',
    trial: qdisc('root', 'netem', 'delay', '1ms'),
  },
  {
    name: 'CFS bandwidth',
    neededBy: 'CPU limits of pods',
    cost: "CPU limits have no effect; kind's nodes start all the same",
    config: ['CFS_BANDWIDTH'],
    files: [
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us',
      '/sys/fs/cgroup/init.scope/cpu.max',
      '/sys/fs/cgroup/system.slice/cpu.max',
    ],
  },
  {
    name: 'AF_PACKET',
    neededBy: 'tcpdump, for evidence',
    cost: 'no packets can be captured',
    config: ['PACKET'],
    module: 'af_packet',
    files: ['/proc/net/packet'],
  },
];
