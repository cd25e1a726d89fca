export { type EnsureOptions, ensureImages, type Images } from './ensure.ts';
export type { Progress } from './progress.ts';
export { refs, versions } from './versions.ts';
