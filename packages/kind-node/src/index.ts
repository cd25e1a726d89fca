export type { NodeContainer } from './docker.ts';
export { KindError, type KindErrorCode } from './error.ts';
export {
  type KindCluster,
  listKind,
  listNetworks,
  type Network,
  staleLocks,
  sweepKind,
  sweepLocks,
  sweepNetworks,
} from './leftovers.ts';
export type { Bounds, Machine } from './machine.ts';
export { type ExecOptions, StartingKind } from './nodes.ts';
export { type CreateOptions, KindPlan, type KindPlanOptions, kindPlan } from './plan.ts';
export type { CommandOutput } from './run.ts';
export { type GoneKind, RunningKind } from './running.ts';
