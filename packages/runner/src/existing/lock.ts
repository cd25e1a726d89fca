import { bounds, exitCode, interrupted, type Milliseconds, NetproofError } from '@netproof/core';
import { ApiRefusal, type Kube, type Manifest, runLabel } from '@netproof/kube';
import { type Hold, now } from '../hold.ts';

/*
 * On a cluster that several people use one run goes on at a time: the ports of its nodes are taken once, and each would
 * measure the other. Whoever makes the namespace first has the cluster; a Lease in it says that its run lives.
 */

export const lockNamespace = 'netproof-lock';

const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: lockNamespace } } as const;

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'netproof-run', namespace: lockNamespace },
} as const;

/** The cluster is ours alone until it is disposed of. */
export interface Lock extends Hold, AsyncDisposable {}

/** Who has it. */
export interface Holder {
  readonly run: string;
  /** As the API has it. */
  readonly since: string;
}

export interface LockPlan {
  readonly run: string;
  readonly signal: AbortSignal;
  /** Told once of each run that is waited for. */
  readonly onWait: (holder: Holder) => void;
  /** Told when one that is waited for was heard of; what it throws ends the waiting. */
  readonly onLife?: (holder: Holder) => void;
  /** Told of a run that was killed: it has been silent for `bounds.leaseSilence`. */
  readonly onDead: (holder: Holder) => void;
  /** `bounds` of core without it. */
  readonly within?: Within;
}

type Within = Readonly<Record<'leaseRenewal' | 'leaseSilence' | 'spaceGone', Milliseconds>>;

/**
 * Waits, for as long as other runs use the cluster, and takes it. By whose clock a run lives does not matter: it is dead
 * when its Lease was not seen to change for long enough.
 *
 * @throws NetproofError `INTERRUPTED`, `LOCK_STUCK` (exit 3) where the namespace of a run that has ended does not go
 */
export async function lockCluster(kube: Kube, plan: LockPlan): Promise<Lock> {
  const { run, signal, onWait, onDead, within = bounds } = plan;
  let told: string | undefined;
  for (;;) {
    if (signal.aborted) throw interrupted();
    const made = await makeSpace(kube, run);
    if (made !== undefined) return hold(kube, made, run, within);
    const [there] = await kube.list({ ...typeOf(space), fieldSelector: `metadata.name=${lockNamespace}` });
    if (there === undefined) continue;
    const [held] = await leases(kube);
    if (held === undefined) {
      await kube.until({
        ...selectionOf(space),
        bound: within.leaseSilence,
        signal,
        settled: ([now]) => now?.metadata.uid !== there.metadata.uid,
      });
      if (signal.aborted || (await leases(kube)).length > 0) continue;
      // Whoever made it was killed before it made the Lease.
      await freed(kube, there, within.spaceGone, signal);
      continue;
    }
    const holder = holderOf(held);
    if (holder.run !== told) onWait(holder);
    told = holder.run;
    const { settled, failure } = await kube.until({
      ...selectionOf(lease),
      bound: within.leaseSilence,
      signal,
      settled: ([now]) => versionOf(now) !== versionOf(held),
    });
    if (settled && (await leases(kube)).some((now) => holderOf(now).run === holder.run))
      plan.onLife?.(holder);
    if (settled || signal.aborted) continue;
    // Who stood still meanwhile has heard of nobody, and its watch has run out.
    const [last] = await leases(kube);
    if (versionOf(last) !== versionOf(held)) continue;
    if (failure !== undefined) throw failure;
    onDead(holder);
    await freed(kube, there, within.spaceGone, signal);
  }
}

async function makeSpace(kube: Kube, run: string): Promise<Manifest | undefined> {
  try {
    return await kube.create(space, { [runLabel]: run });
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 409) return undefined;
    throw error;
  }
}

/** Says that we live, until it is disposed of. */
async function hold(kube: Kube, made: Manifest, run: string, within: Within): Promise<Lock> {
  const remove = () => freed(kube, made, within.spaceGone);
  const since = microTime();
  let renewed = now();
  let tell: (at: Milliseconds) => void = () => {};
  const spec = { holderIdentity: run, leaseDurationSeconds: Math.ceil(within.leaseSilence / 1000) };
  const own = await kube
    .create({ ...lease, spec: { ...spec, acquireTime: since, renewTime: since } }, { [runLabel]: run })
    .catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  const lost = new AbortController();
  const renew = async () => {
    // The API hears of it later than this, never sooner.
    const at = now();
    try {
      // With its uid: another Lease of its name is somebody else's.
      await kube.patch(lease, { metadata: { uid: own.metadata.uid }, spec: { renewTime: microTime() } });
      renewed = Math.max(renewed, at);
      tell(renewed);
    } catch (error) {
      // An API server that is away for a moment comes back, and says then whose the cluster is.
      if (error instanceof ApiRefusal && [404, 409, 422].includes(error.status)) lost.abort(taken(error));
    }
  };
  const renewing = setInterval(() => void renew(), within.leaseRenewal);
  return {
    lost: lost.signal,
    onRenewal(listener) {
      tell = listener;
      tell(renewed);
    },
    confirm: renew,
    async [Symbol.asyncDispose]() {
      clearInterval(renewing);
      if (!lost.signal.aborted) await remove();
    },
  };
}

function taken(cause: ApiRefusal): NetproofError {
  const who = cause.status === 404 ? 'another run or somebody else' : 'another run';
  return new NetproofError(
    `${who} has removed the Lease by which this run had the cluster: a run may, when nothing was heard of this one for ${bounds.leaseSilence / 1000} s`,
    {
      code: 'CLUSTER_TAKEN',
      exit: exitCode.environment,
      hint: 'this machine stood still, or its way to the API server was cut: run it again',
      cause,
    },
  );
}

/** Removes the namespace of a run that is over, just that one. */
async function freed(kube: Kube, there: Manifest, bound: number, signal?: AbortSignal): Promise<void> {
  const left = await kube.remove([there], bound, signal);
  if (left.length === 0 || signal?.aborted) return;
  throw new NetproofError(`the namespace ${lockNamespace} is not gone ${bound / 1000} s after its deletion`, {
    code: 'LOCK_STUCK',
    exit: exitCode.environment,
    hint: `see why, and remove it: kubectl delete namespace ${lockNamespace}`,
  });
}

const leases = (kube: Kube) => kube.list(selectionOf(lease));

function holderOf({ spec }: Manifest): Holder {
  const { holderIdentity = 'of which nothing is known', acquireTime = 'an unknown time' } = spec as {
    holderIdentity?: string;
    acquireTime?: string;
  };
  return { run: holderIdentity, since: acquireTime.replace(/\.\d+/, '') };
}

const typeOf = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }) => ({
  apiVersion,
  kind,
});

function selectionOf(object: Manifest) {
  const { name, namespace } = object.metadata;
  return {
    ...typeOf(object),
    ...(namespace !== undefined && { namespace }),
    fieldSelector: `metadata.name=${name}`,
  };
}

const versionOf = (object: Manifest | undefined): unknown => object?.metadata.resourceVersion;

/** Of MicroTime, whose fraction has six digits. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');

/** For a log: what the holder of a cluster is. */
export function describeHolder({ run, since }: Holder): string {
  return `run ${run}, which uses this cluster since ${since}`;
}
