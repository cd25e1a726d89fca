import { debianBase } from '../recipes/debian.ts';
import { goPrograms, moduleFiles } from '../recipes/go.ts';
import { image, labels, path } from '../recipes/image.ts';
import { versions } from '../versions.ts';
import type { Cni } from './cni.ts';

const version = versions.calico;
const module = 'github.com/projectcalico/calico';
const from = `${module} ${version}`;

/** Without C, and so without the eBPF data plane. In one build: they share most of it. */
const programs = goPrograms({
  name: 'calico',
  doing: 'compiling Calico',
  version,
  from: `${from} (${versions.calicoModule})`,
  main: 'tool',
  set: { [`${module}/pkg/buildinfo.Version`]: version, 'main.VERSION': version },
  packages: 1490,
  cost: { seconds: 230, mb: { cache: 290, goModules: 900, goBuild: 1600 } },
});

const upstream = moduleFiles({
  name: 'calico-files',
  go: 'calico',
  module,
  paths: ['manifests/calico-vxlan.yaml', 'node/filesystem'],
  executable: ['node/filesystem'],
});

const made = (ref: string) => ({ name: ref, version, from: `Debian ${versions.debian}, ${from}` });
const ref = (name: string) => `quay.io/calico/${name}:${version}`;

const node = image({
  name: 'calico-node',
  ref: ref('node'),
  files: {
    '/etc': [upstream, 'node/filesystem/etc'],
    '/usr/sbin': [upstream, 'node/filesystem/sbin'],
    '/usr/bin/calico-node': [programs, 'calico-node'],
  },
  config: { Cmd: ['start_runit'], Env: [path, 'SVDIR=/etc/service/enabled'], ...labels(from) },
  base: debianBase,
  made: made(ref('node')),
});

/** Installs the plugins. The others that its configuration names are on every node already. */
const cni = image({
  name: 'calico-cni',
  ref: ref('cni'),
  files: {
    '/opt/cni/bin/calico': [programs, 'calico'],
    '/opt/cni/bin/calico-ipam': [programs, 'calico'],
    '/opt/cni/bin/install': [programs, 'install'],
  },
  config: { Cmd: ['/opt/cni/bin/install'], ...labels(from) },
  made: { ...made(ref('cni')), from },
});

const kubeControllers = image({
  name: 'calico-kube-controllers',
  ref: ref('kube-controllers'),
  files: {
    '/usr/bin/kube-controllers': [programs, 'kube-controllers'],
    '/usr/bin/wrapper': [programs, 'wrapper'],
    '/usr/bin/check-status': [programs, 'check-status'],
  },
  // The state that check-status reads, of a user who is not root, as the manifest wants it.
  writable: ['/status'],
  config: { Entrypoint: ['/usr/bin/wrapper', '/usr/bin/kube-controllers'], User: '999', ...labels(from) },
  made: { ...made(ref('kube-controllers')), from },
});

export const calico: Cni = {
  name: 'calico',
  version,
  images: [node, cni, kubeControllers],
  nodeImageMb: 1_900,
  upstream,
};
