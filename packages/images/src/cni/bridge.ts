import { debianBase } from '../recipes/debian.ts';
import { image, labels, path } from '../recipes/image.ts';
import { cniPlugins, kubernetes } from '../recipes/programs.ts';
import { refs, versions } from '../versions.ts';
import type { Cni } from './cni.ts';

/** Runs the bridge CNI's installer, a script that its manifest brings. */
const bridgeCniImage = image({
  name: 'bridge-cni',
  ref: refs.bridgeCni,
  files: { '/usr/bin/kubectl': [kubernetes, 'kubectl'], '/opt/cni/bin': [cniPlugins, '.'] },
  config: { Cmd: ['bash'], Env: [path], ...labels(`CNI plugins ${versions.cniPlugins}`) },
  base: debianBase,
  made: {
    name: refs.bridgeCni,
    version: versions.cniPlugins,
    from: `Debian ${versions.debian}, CNI plugins ${versions.cniPlugins}, kubectl ${versions.kubernetes}`,
  },
});

/** Its manifest is ours and stands with its cluster. */
export const bridge: Cni = {
  name: 'bridge',
  version: versions.cniPlugins,
  images: [bridgeCniImage],
  nodeImageMb: 1_600,
};
