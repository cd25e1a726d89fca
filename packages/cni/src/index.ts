export { addressManagerOf } from './address-manager.ts';
export { blockOf, endsOf } from './block.ts';
export { configurationProblems, type NodeConfiguration, networkOf, pluginsOf } from './configuration.ts';
export { type PodPath, pathProblem, readPaths } from './mtu.ts';
export { configurationFolder } from './places.ts';
export { podCIDRProblems, type Range, rangeFileOf, rangeProblems, rangesOf } from './ranges.ts';
export { readConfigurations } from './read-configuration.ts';
export { type PeerRoutes, readRoutes, routeProblems } from './routes.ts';
export { describeWay } from './ways.ts';
