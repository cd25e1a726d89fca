export { ApiRefusal } from './api.ts';
export type { Labels } from './apply.ts';
export type { PodContainer } from './command.ts';
export type { CommandStream } from './exec.ts';
export { Kube } from './kube.ts';
export { parseManifest } from './manifest.ts';
export { endpointId, namespacePrefix, podOf, runLabel } from './names.ts';
export { type Manifest, nameOf, type Pod } from './objects.ts';
export type { PodSelection, Waits } from './wait.ts';
