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
  packages: 2300,
  cost: { seconds: 250, mb: { cache: 570, goModules: 600, goBuild: 3000 } },
});

export const kind = goPrograms({
  name: 'kind',
  doing: 'compiling kind',
  version: versions.kind,
  from: `sigs.k8s.io/kind ${versions.kind}`,
  main: 'tool',
  packages: 250,
  cost: { seconds: 4, mb: { cache: 11, goModules: 20, goBuild: 30 } },
});

export const containerd = goPrograms({
  name: 'containerd',
  doing: 'compiling containerd',
  version: versions.containerd,
  from: `github.com/containerd/containerd/v2 ${versions.containerd}`,
  main: 'tool',
  tags: ['no_btrfs', 'no_zfs', 'no_devmapper', 'no_aufs'],
  set: { 'github.com/containerd/containerd/v2/version.Version': versions.containerd },
  packages: 1000,
  cost: { seconds: 45, mb: { cache: 80, goModules: 200, goBuild: 300 } },
});

export const etcd = goPrograms({
  name: 'etcd',
  doing: 'compiling etcd',
  version: versions.etcd,
  from: `go.etcd.io/etcd/server/v3 ${versions.etcd}`,
  main: 'tool',
  output: 'etcd',
  packages: 500,
  cost: { seconds: 21, mb: { cache: 27, goModules: 80, goBuild: 150 } },
});

export const coredns = goPrograms({
  name: 'coredns',
  doing: 'compiling CoreDNS',
  version: versions.coredns,
  from: `github.com/coredns/coredns ${versions.coredns}, with the plugins of packages/images/go/coredns/main.go only`,
  main: '.',
  output: 'coredns',
  packages: 900,
  cost: { seconds: 46, mb: { cache: 54, goModules: 200, goBuild: 300 } },
});

export const cniPlugins = goPrograms({
  name: 'cni-plugins',
  doing: 'compiling the CNI plugins',
  version: versions.cniPlugins,
  from: `github.com/containernetworking/plugins ${versions.cniPlugins}`,
  main: 'tool',
  packages: 200,
  cost: { seconds: 4, mb: { cache: 28, goModules: 20, goBuild: 40 } },
});

const gcc = ['-Os', '-Wall', '-static', '-s', `-DVERSION=${versions.pause}`] as const;

/** The process that holds a pod's namespaces, from the C file in Kubernetes' own sources. */
export const pause: Component = {
  name: 'pause',
  doing: 'compiling pause',
  recipe: { gcc, kubernetes: versions.kubernetes },
  sources: [],
  needs: [],
  cost: { seconds: 1, compiles: true, mb: { cache: 1, goModules: 200 } },
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
