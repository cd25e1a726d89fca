import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from './run.ts';

/** Where kind runs: the same for every cluster of a machine. All fields have a default. */
export interface Machine {
  /** The kind binary; `kind` from the PATH without it. */
  readonly kind?: string | undefined;
  /** The docker network of the nodes; `kind` without it. kind calls another one experimental. */
  readonly network?: string | undefined;
  /** Environment of kind and docker, such as DOCKER_HOST; that of this process without it. KUBECONFIG is taken out. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Folder of the lock files; one per user below the system's temporary folder without it. */
  readonly locks?: string | undefined;
}

/** How to bound a call. */
export interface Bounds {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the call gives up. */
  readonly deadline?: number | undefined;
}

export const kindBinary = ({ kind = 'kind' }: Machine): string => kind;

export const networkName = ({ network = 'kind' }: Machine): string => network;

export function lockFolder({ locks }: Machine): string {
  return locks ?? join(tmpdir(), `kind-node-${userInfo().uid}`);
}

export function lockFile(machine: Machine, of: string): string {
  return join(lockFolder(machine), `${of}.lock`);
}

/** The environment and the bound of one call. */
export function within(machine: Machine, bounds: Bounds, deadline: number): RunOptions {
  const limit = AbortSignal.timeout(bounds.deadline ?? deadline);
  return {
    env: environment(machine),
    signal: bounds.signal ? AbortSignal.any([bounds.signal, limit]) : limit,
  };
}

/** kind would find a user's kubeconfig, another provider or another network in it. */
function environment({ env = process.env, network }: Machine): NodeJS.ProcessEnv {
  const { KUBECONFIG: _k, KIND_EXPERIMENTAL_DOCKER_NETWORK: _n, KIND_CLUSTER_NAME: _c, ...rest } = env;
  return {
    ...rest,
    KIND_EXPERIMENTAL_PROVIDER: 'docker',
    ...(network === undefined ? {} : { KIND_EXPERIMENTAL_DOCKER_NETWORK: network }),
  };
}
