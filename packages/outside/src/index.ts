export { sweepOutside } from './containers.ts';
export { type OutsidePlan, startOutside } from './start.ts';
export { throughDocker } from './stream.ts';
