import { debianLayer, without } from '../recipes/debian.ts';
import { goPrograms, moduleFiles } from '../recipes/go.ts';
import { helm } from '../recipes/helm.ts';
import { image, labels, path } from '../recipes/image.ts';
import { cniPlugins } from '../recipes/programs.ts';
import { versions } from '../versions.ts';
import type { Cni } from './cni.ts';

const from = `github.com/cilium/cilium ${versions.cilium}`;

/** All in one build, whose longest part they share. Only the operator knows the tag: it chooses its kind of IPAM. */
const programs = goPrograms({
  name: 'cilium',
  doing: 'compiling Cilium',
  version: versions.cilium,
  from,
  main: 'tool',
  tags: ['ipam_provider_operator'],
  set: { 'github.com/cilium/cilium/pkg/version.ciliumVersion': versions.cilium.slice(1) },
  packages: 2300,
  cost: { seconds: 270, mb: { cache: 440, goModules: 1000, goBuild: 2500 } },
});

const scripts = {
  init: 'images/cilium/init-container.sh',
  install: 'plugins/cilium-cni/install-plugin.sh',
  uninstall: 'plugins/cilium-cni/cni-uninstall.sh',
} as const;

/** The sources of its BPF programs, its scripts and its chart. */
const files = moduleFiles({
  name: 'cilium-files',
  go: 'cilium',
  module: 'github.com/cilium/cilium',
  paths: ['bpf', ...Object.values(scripts), 'install/kubernetes/cilium'],
  executable: Object.values(scripts),
});

/**
 * The agent compiles its BPF programs when it starts, with clang of the version that upstream's image has. It takes
 * no header but its own and links nothing, so what clang brings for that stays out: a third of the layer.
 */
const debian = debianLayer({
  name: 'debian-cilium',
  doing: 'installing Debian packages for Cilium',
  packages: ['bash', 'clang-19', 'iproute2', 'ipset', 'iptables', 'kmod', 'nftables'],
  options: [
    without([
      ...['usr/include', 'usr/lib/gcc', 'usr/lib/llvm-19/lib/clang'],
      ...['usr/lib/*/*.a', 'usr/lib/*/libclang-19.so*', 'usr/lib/*/lib?san.so*', 'usr/lib/*/libubsan.so*'],
      ...['usr/lib/*/gconv', 'usr/lib/*/perl', 'usr/lib/*/libperl.so*', 'usr/share/perl'],
    ]),
  ],
  cost: { seconds: 40, mb: { cache: 130 } },
});

const agent = image({
  name: 'cilium',
  ref: `quay.io/cilium/cilium:${versions.cilium}`,
  files: {
    '/usr/bin/cilium-agent': [programs, 'daemon'],
    '/usr/bin/cilium-dbg': [programs, 'cilium-dbg'],
    '/usr/bin/cilium-health': [programs, 'cilium-health'],
    '/usr/bin/cilium-health-responder': [programs, 'responder'],
    '/usr/bin/cilium-mount': [programs, 'mount'],
    '/usr/bin/cilium-sysctlfix': [programs, 'sysctlfix'],
    '/opt/cni/bin/cilium-cni': [programs, 'cilium-cni'],
    '/cni/loopback': [cniPlugins, 'loopback'],
    '/var/lib/cilium/bpf': [files, 'bpf'],
    '/init-container.sh': [files, scripts.init],
    '/install-plugin.sh': [files, scripts.install],
    '/cni-uninstall.sh': [files, scripts.uninstall],
  },
  config: { Cmd: ['/usr/bin/cilium-dbg'], Env: [`${path}:/usr/lib/llvm-19/bin`], ...labels(from) },
  base: debian,
  made: {
    name: 'quay.io/cilium/cilium',
    version: versions.cilium,
    from: `Debian ${versions.debian}, ${from}; without Envoy`,
  },
});

const operator = image({
  name: 'cilium-operator',
  ref: `quay.io/cilium/operator-generic:${versions.cilium}`,
  files: { '/usr/bin/cilium-operator-generic': [programs, 'operator'] },
  config: { Cmd: ['/usr/bin/cilium-operator-generic'], Env: [path], ...labels(from) },
});

/** Its chart, rendered by helm. */
export const cilium: Cni = {
  name: 'cilium',
  version: versions.cilium,
  images: [agent, operator],
  nodeImageMb: 2_600,
  upstream: files,
  helm,
};
