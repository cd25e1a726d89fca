import { setTimeout as pause } from 'node:timers/promises';
import { Watch } from '@kubernetes/client-node';
import { bounds, exitCode, explain, type Milliseconds, NetproofError } from '@netproof/core';
import type { Api, ClusterConfig } from './api.ts';
import type { Selection } from './objects.ts';

interface Watched {
  readonly metadata?: { readonly uid?: string };
}

export interface WatchPlan<T> extends Selection {
  readonly bound: Milliseconds;
  /** Ends it before its bound. */
  readonly signal?: AbortSignal;
  /** Called with all objects of the selection whenever one has changed. */
  readonly settled: (objects: readonly T[]) => boolean;
}

export interface WatchEnd<T> {
  readonly settled: boolean;
  /** As last seen. */
  readonly objects: readonly T[];
  /** Why the API could not be asked, when that was the last thing to happen. */
  readonly failure?: unknown;
}

/**
 * Lists and watches until the objects are as they should be or the bound has passed.
 * Never rejects for what the API does: that is in the result.
 */
export async function watchUntil<T extends Watched>(
  api: Api,
  config: ClusterConfig,
  plan: WatchPlan<T>,
): Promise<WatchEnd<T>> {
  const deadline = AbortSignal.any([AbortSignal.timeout(plan.bound), ...(plan.signal ? [plan.signal] : [])]);
  const late = once(deadline);
  let objects: readonly T[] = [];
  // Until there is a list, nobody knows what is there.
  let failure: unknown = new NetproofError(`the API server has listed no ${plan.kind}`, {
    code: 'API_UNREACHABLE',
    exit: exitCode.environment,
    hint: 'check that the cluster runs and that the kubeconfig is its own',
  });
  while (!deadline.aborted) {
    const next = performance.now() + bounds.watchPace;
    const round = watchOnce(api, config, plan, deadline, (now) => {
      objects = now;
      failure = undefined;
    });
    const settled = await Promise.race([
      late,
      round.catch((error: unknown) => {
        failure = error;
        return false;
      }),
    ]);
    if (settled) return { settled, objects };
    await pause(Math.max(0, next - performance.now()), undefined, { signal: deadline }).catch(() => {});
  }
  return { settled: false, objects, ...(failure === undefined ? {} : { failure }) };
}

/** One list and one watch from there on. Resolves with whether it settled; rejects when the API fails. */
async function watchOnce<T extends Watched>(
  api: Api,
  config: ClusterConfig,
  plan: WatchPlan<T>,
  deadline: AbortSignal,
  saw: (objects: readonly T[]) => void,
): Promise<boolean> {
  const { items, metadata } = await api.list<T>(plan);
  const objects = new Map(items.map((item) => [item.metadata?.uid, item]));
  saw(items);
  if (plan.settled(items)) return true;

  const path = await api.listPath(plan);
  if (deadline.aborted) return false;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const changed = (type: string, object: T) => {
    // client-node swallows what is thrown here, and an ERROR carries a Status instead of an object
    try {
      if (type === 'ERROR') return resolve(false);
      if (type === 'DELETED') objects.delete(object.metadata?.uid);
      else objects.set(object.metadata?.uid, object);
      saw([...objects.values()]);
      if (plan.settled([...objects.values()])) resolve(true);
    } catch (error) {
      reject(error);
    }
  };
  const { labelSelector, fieldSelector } = plan;
  const watching = new Watch(config).watch(
    path,
    { labelSelector, fieldSelector, resourceVersion: metadata.resourceVersion },
    changed,
    (error: unknown) => (error instanceof Error ? reject(broken(plan, error)) : resolve(false)),
  );
  const stop = () => void watching.then((request) => request.abort()).catch(() => {});
  deadline.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    deadline.removeEventListener('abort', stop);
    stop();
  }
}

function broken({ kind }: Selection, cause: Error): NetproofError {
  return new NetproofError(`the watch of each ${kind} broke: ${explain(cause)}`, {
    code: 'API_UNREACHABLE',
    exit: exitCode.environment,
    hint: 'check that the cluster runs, and the way to its API server',
    cause,
  });
}

function once(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
}
