export { faultIds } from './cell-work.ts';
export { type LoadedCheck, loadChecks, selectChecks } from './checks.ts';
export { type ClusterFolder, loadCluster, loadClusters, selectCluster } from './clusters.ts';
export { kubeconfigOf, type Owner, owners } from './registry.ts';
export { type RunOptions, run } from './run.ts';
export { newRunFolder, type RunFolder } from './run-folder.ts';
export { removeOwned, sweepClusters } from './sweep.ts';
export type { Ui } from './ui.ts';
