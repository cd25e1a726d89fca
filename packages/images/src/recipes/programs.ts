import { join } from 'node:path';
import type { Component } from '../component.ts';
import { versions } from '../versions.ts';
import { goPrograms, moduleSource } from './go.ts';

const [major, minor] = versions.kubernetes.slice(1).split('.') as [string, string];
const kubeVersion = 'k8s.io/component-base/version';
const clientVersion = 'k8s.io/client-go/pkg/version';

/** kubelet, kubeadm, kubectl and the four programs of the control plane, in one build: they share most of it. */
export const kubernetes = goPrograms({
  name: 'kubernetes',
  doing: 'compiling Kubernetes',
  version: versions.kubernetes,
  from: `k8s.io/kubernetes ${versions.kubernetes}`,
  main: 'tool',
  set: {
    [`${kubeVersion}.gitVersion`]: versions.kubernetes,
    [`${kubeVersion}.gitMajor`]: major,
    [`${kubeVersion}.gitMinor`]: minor,
    [`${kubeVersion}.gitTreeState`]: 'clean',
    [`${clientVersion}.gitVersion`]: versions.kubernetes,
    [`${clientVersion}.gitMajor`]: major,
    [`${clientVersion}.gitMinor`]: minor,
  },
  packages: 2630,
  cost: { seconds: 250, mb: { cache: 1100, goModules: 700, goBuild: 2600 } },
});

export const kind = goPrograms({
  name: 'kind',
  doing: 'compiling kind',
  version: versions.kind,
  from: `sigs.k8s.io/kind ${versions.kind}`,
  main: 'tool',
  packages: 80,
  cost: { seconds: 4, mb: { cache: 11, goModules: 30, goBuild: 40 } },
});

export const containerd = goPrograms({
  name: 'containerd',
  doing: 'compiling containerd',
  version: versions.containerd,
  from: `github.com/containerd/containerd/v2 ${versions.containerd}`,
  main: 'tool',
  tags: ['no_btrfs', 'no_zfs', 'no_devmapper', 'no_aufs'],
  set: { 'github.com/containerd/containerd/v2/version.Version': versions.containerd },
  packages: 790,
  cost: { seconds: 45, mb: { cache: 80, goModules: 350, goBuild: 450 } },
});

/** crictl, with which one looks at a node's containers, and kind exports its logs. */
export const criTools = goPrograms({
  name: 'cri-tools',
  doing: 'compiling crictl',
  version: versions.criTools,
  from: `sigs.k8s.io/cri-tools ${versions.criTools}`,
  main: 'tool',
  output: 'crictl',
  packages: 290,
  cost: { seconds: 26, mb: { cache: 30, goModules: 100, goBuild: 200 } },
});

export const etcd = goPrograms({
  name: 'etcd',
  doing: 'compiling etcd',
  version: versions.etcd,
  from: `go.etcd.io/etcd/server/v3 ${versions.etcd}`,
  main: 'tool',
  output: 'etcd',
  packages: 330,
  cost: { seconds: 21, mb: { cache: 30, goModules: 150, goBuild: 200 } },
});

export const coredns = goPrograms({
  name: 'coredns',
  doing: 'compiling CoreDNS',
  version: versions.coredns,
  from: `github.com/coredns/coredns ${versions.coredns}, with the plugins of packages/images/go/coredns/main.go only`,
  main: '.',
  output: 'coredns',
  packages: 740,
  cost: { seconds: 46, mb: { cache: 60, goModules: 400, goBuild: 400 } },
});

export const cniPlugins = goPrograms({
  name: 'cni-plugins',
  doing: 'compiling the CNI plugins',
  version: versions.cniPlugins,
  from: `github.com/containernetworking/plugins ${versions.cniPlugins}`,
  main: 'tool',
  packages: 45,
  cost: { seconds: 4, mb: { cache: 30, goModules: 30, goBuild: 50 } },
});

/** The load generator, for the agent's image. */
export const k6 = goPrograms({
  name: 'k6',
  doing: 'compiling k6',
  version: versions.k6,
  from: `go.k6.io/k6 ${versions.k6}`,
  main: 'tool',
  packages: 490,
  cost: { seconds: 51, mb: { cache: 50, goModules: 300, goBuild: 400 } },
});

const gcc = ['-Os', '-Wall', '-static', '-s', `-DVERSION=${versions.pause}`] as const;

/** The process that holds a pod's namespaces, from the C file in Kubernetes' own sources. */
export const pause: Component = {
  name: 'pause',
  doing: 'compiling pause',
  recipe: { gcc, kubernetes: versions.kubernetes },
  sources: [],
  needs: [],
  cost: { seconds: 1, compiles: true, mb: { cache: 1 } },
  made: {
    name: 'pause',
    version: versions.pause,
    from: `build/pause/linux/pause.c of k8s.io/kubernetes ${versions.kubernetes}`,
  },
  async build(folder, { tools, scratch }) {
    const source = await moduleSource(tools, 'kubernetes', 'k8s.io/kubernetes');
    const file = join(source, 'build', 'pause', 'linux', 'pause.c');
    await tools.run(['gcc', ...gcc, '-o', join(folder, 'pause'), file], { env: { TMPDIR: scratch } });
  },
};
