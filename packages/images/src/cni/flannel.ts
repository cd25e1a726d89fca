import { debianBase } from '../recipes/debian.ts';
import { goPrograms, moduleFiles } from '../recipes/go.ts';
import { image, labels, path } from '../recipes/image.ts';
import { cniPlugins } from '../recipes/programs.ts';
import { refs, versions } from '../versions.ts';
import type { Cni } from './cni.ts';

/** Compiled with C, as upstream does it: its UDP backend is written in that. */
const flanneld = goPrograms({
  name: 'flannel',
  doing: 'compiling Flannel',
  version: versions.flannel,
  from: `github.com/flannel-io/flannel ${versions.flannel}`,
  main: 'tool',
  output: 'flanneld',
  cgo: 'static',
  set: { 'github.com/flannel-io/flannel/pkg/version.Version': versions.flannel },
  packages: 480,
  cost: { seconds: 60, mb: { cache: 55, goModules: 250, goBuild: 400 } },
});

const plugin = goPrograms({
  name: 'flannel-cni-plugin',
  doing: 'compiling the CNI plugin of Flannel',
  version: versions.flannelCniPlugin,
  from: `plugins/meta/flannel of github.com/containernetworking/plugins ${versions.flannelCniPlugin}`,
  main: 'tool',
  set: {
    'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': versions.flannelCniPlugin,
  },
  packages: 12,
  cost: { seconds: 1, mb: { cache: 3, goModules: 10, goBuild: 20 } },
});

const flannelFrom = `github.com/flannel-io/flannel ${versions.flannel}`;
const pluginFrom = `github.com/containernetworking/plugins ${versions.flannelCniPlugin}`;

/** Under upstream's name: the manifest runs it unmodified. */
const flannelImage = image({
  name: 'flannel',
  ref: `ghcr.io/flannel-io/flannel:${versions.flannel}`,
  files: { '/opt/bin/flanneld': [flanneld, 'flanneld'] },
  config: { Entrypoint: ['/opt/bin/flanneld'], Env: [path], ...labels(flannelFrom) },
  base: debianBase,
  made: {
    name: `ghcr.io/flannel-io/flannel:${versions.flannel}`,
    version: versions.flannel,
    from: `Debian ${versions.debian}, ${flannelFrom}`,
  },
});

/**
 * Under a name of ours: upstream's plugin of this Flannel is another, later one. It brings the plugin bridge along,
 * to which Flannel gives the wiring: our nodes have it, upstream's have not.
 */
const pluginImage = image({
  name: 'flannel-cni-plugin',
  ref: refs.flannelCniPlugin,
  files: { '/flannel': [plugin, 'flannel'], '/bridge': [cniPlugins, 'bridge'] },
  config: { Cmd: ['/flannel'], Env: [path], ...labels(`${pluginFrom} and ${versions.cniPlugins}`) },
  base: debianBase,
  made: {
    name: refs.flannelCniPlugin,
    version: versions.flannelCniPlugin,
    from: `Debian ${versions.debian}, plugins/meta/flannel of ${pluginFrom}, bridge of ${versions.cniPlugins}`,
  },
});

export const flannel: Cni = {
  name: 'flannel',
  version: versions.flannel,
  images: [flannelImage, pluginImage],
  nodeImageMb: 1_600,
  upstream: moduleFiles({
    name: 'flannel-manifest',
    go: 'flannel',
    module: 'github.com/flannel-io/flannel',
    paths: ['Documentation/kube-flannel.yml'],
  }),
};
