export { httpPort, servedPorts } from './agent/wire.ts';
export type { StreamEvent } from './agent-stream.ts';
export { bundleAgent } from './bundle.ts';
export type { Open } from './link.ts';
export {
  agentFile,
  namespacesOf,
  newPod,
  newPodsBasis,
  type PodPlan,
  type ProbeManifestPlan,
  probeManifest,
  samplePods,
  type Without,
} from './manifest.ts';
export { NewPods, removeLeftPods } from './new-pods.ts';
export {
  commandsIn,
  type DeployPlan,
  deployProbes,
  endpointsOf,
  type ProbesDeployPlan,
  removeProbes,
  throughExec,
} from './pods.ts';
export { type OpenProbes, openProbes, type ProbesPlan } from './probes.ts';
export type { Timing } from './reach.ts';
