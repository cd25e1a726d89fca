import { goPrograms } from '../recipes/go.ts';
import { versions } from '../versions.ts';

/** With C, as upstream builds it: its UDP backend is written in that. */
export const flanneld = goPrograms({
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

export const flannelPlugin = goPrograms({
  name: 'flannel-cni-plugin',
  doing: "compiling Flannel's CNI plugin",
  version: versions.flannelCniPlugin,
  from: `plugins/meta/flannel of github.com/containernetworking/plugins ${versions.flannelCniPlugin}`,
  main: 'tool',
  set: {
    'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': versions.flannelCniPlugin,
  },
  packages: 12,
  cost: { seconds: 1, mb: { cache: 3, goModules: 10, goBuild: 20 } },
});
