import { versions } from '../versions.ts';
import { goPrograms } from './go.ts';

/** Renders the charts of CNIs that have one. It never speaks to a cluster. */
export const helm = goPrograms({
  name: 'helm',
  doing: 'compiling helm',
  version: versions.helm,
  from: `helm.sh/helm/v3 ${versions.helm}`,
  main: 'tool',
  packages: 960,
  cost: { seconds: 75, mb: { cache: 62, goModules: 300, goBuild: 570 } },
});
