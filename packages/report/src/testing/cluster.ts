import type { Cell, Endpoint, NewEvent, Port, Table } from '@netproof/core';
import { targetOf } from '@netproof/core';

/** The nodes of the clusters that test journals tell of, as kind makes them. */
export const nodes = ['control-plane', 'worker', 'worker2'].map((role, at) => ({
  name: `netproof-bridge-${role}`,
  ip: `172.18.0.${4 - at}`,
  podCIDR: `10.1.${at}.0/24`,
  controlPlane: at === 0,
}));

/** Nine pods: x/a, x/b, x/c, y/a …, the ones named a on the first node. */
export const pods: readonly Endpoint[] = ['x', 'y', 'z'].flatMap((namespace, row) =>
  ['a', 'b', 'c'].map((name, at) => ({
    kind: 'pod' as const,
    id: `${namespace}/${name}`,
    node: nodes[at]!.name,
    ip: `10.1.${at}.${row + 2}`,
    labels: {},
  })),
);

export const ports: readonly Port[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'UDP', port: 8080 },
];

/** Every ordered pair of pods on different nodes (54) on both ports, with whatever a fault changes in a cell. */
export function otherNodeTable(change: (cell: Cell) => Partial<Cell> = () => ({})): Table {
  let seed = 7;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const pairs = pods.flatMap((source) =>
    pods.filter(({ node }) => node !== source.node).map((target) => ({ source, target: targetOf(target) })),
  );
  const cells = ports.flatMap((port) =>
    pairs.map(({ source, target }): Cell => {
      const cell: Cell = {
        source,
        target,
        port,
        verdict: 'connected',
        attempts: 1,
        answered: 1,
        ms: 0.6 + noise() * 2.4,
        server: target.endpoint!.id,
        clientSeenAs: source.ip,
      };
      return { ...cell, ...change(cell) };
    }),
  );
  return { cells, ms: 41 };
}

export const runStarted: Extract<NewEvent, { event: 'run-started' }> = {
  event: 'run-started',
  run: '20261121-101305-bridge',
  mode: 'run',
  coverage: 'all',
  netproof: '0.1.0',
  argv: ['run', '--cni', 'bridge'],
  machine: { kernel: '6.18.5', os: 'Debian GNU/Linux 12 (bookworm)', cpus: 2, memoryBytes: 25_281_658_880 },
  docker: '20.10.24+dfsg1',
  node: '24.21.0',
  provenance: [
    {
      name: 'kindest/node',
      version: 'v1.36.3',
      origin: 'built',
      from: 'debootstrap bookworm, k8s.io/kubernetes v1.36.3, containerd v2.4.2',
      key: 'c4f1d0e92b7a6c55',
    },
    {
      name: 'registry.k8s.io/etcd',
      version: 'v3.6.8',
      origin: 'built',
      from: 'go.etcd.io/etcd v3.6.8',
      key: '5bb07de2a91c4411',
    },
    {
      name: 'registry.k8s.io/coredns/coredns',
      version: 'v1.14.2',
      origin: 'pulled',
      from: 'registry.k8s.io',
      key: 'sha256:3f1a9c7b5d2e4f60',
    },
    {
      name: 'CNI plugins',
      version: 'v1.9.1',
      origin: 'built',
      from: 'github.com/containernetworking/plugins v1.9.1',
      key: '90aa3c1de77f0b12',
    },
    { name: 'kind', version: 'v0.33.0', origin: 'present', from: 'sigs.k8s.io/kind v0.33.0' },
  ],
};

export const noNat = {
  id: 'pod-network/no-nat/other-node',
  requirement:
    'A pod MUST reach every pod on every other node, and the server MUST see the address that the client pod has.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  covers: ['[sig-network] NoSNAT Should be able to send traffic between Pods without SNAT'],
  must: ['masquerade-between-nodes'],
  may: [],
};

export const clusterIp = {
  id: 'services/load-balancing/cluster-ip',
  requirement:
    'A new connection to a ClusterIP MUST go to one of the ready endpoints of the Service, on every node, and a proxy that chooses at random MUST give each the same chance.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables',
  covers: [],
  must: ['biased-service-chain'],
  may: [],
};

export const cellStarted: Extract<NewEvent, { event: 'cell-started' }> = {
  event: 'cell-started',
  cluster: 'bridge',
  cni: 'bridge',
  cniVersion: 'v1.9.1',
  kubernetes: 'v1.36.3',
  kubeProxy: 'iptables',
  claims: ['PodNetwork', 'Services'],
  podSubnet: '10.1.0.0/16',
  nodes,
  checks: [noNat, clusterIp],
};
