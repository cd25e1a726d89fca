export { type Cni, cnis } from './cni/index.ts';
export { freeDisk } from './disk.ts';
export { keyLabel } from './docker.ts';
export { type EnsureOptions, ensureImages, type Images } from './ensure.ts';
export { type ImagesSeen, lookAtImages } from './look.ts';
export { loadImages, type Moved, pushImages, saveImages } from './move.ts';
export type { Progress } from './progress.ts';
export { cacheFolder } from './store.ts';
export { refs, versions } from './versions.ts';
