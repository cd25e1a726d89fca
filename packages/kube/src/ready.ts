import { endpointId } from './names.ts';
import type { DaemonSet, Deployment, EndpointSlice, Node, Pod } from './objects.ts';

/** Running, Ready and with an address, and not on its way out. */
export function podReady({ metadata, status }: Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    status.podIP !== undefined &&
    conditionHolds(status.conditions, 'Ready')
  );
}

/** Images that no kubelet will have, however long it is waited for: the name is none, or it must not pull. */
const neverPulled = ['InvalidImageName', 'ErrImageNeverPull'];
/** That an image is not to be had, once the kubelet has tried; it goes on trying, ever more rarely. */
const noImage = ['ImagePullBackOff', ...neverPulled];

/** Whether a container of a pod waits for an image that cannot be pulled. */
export function lacksImage(pod: Pod): boolean {
  return waitsFor(pod, noImage);
}

/** The same where no later try of the kubelet could get it. */
export function lacksImageForGood(pod: Pod): boolean {
  return waitsFor(pod, neverPulled);
}

function waitsFor({ status }: Pod, reasons: readonly string[]): boolean {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.some(({ state }) => reasons.includes(state?.waiting?.reason ?? ''));
}

/** How often containers of a pod have begun anew. */
export function restartsOf({ status }: Pod): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

export function nodeReady({ status }: Node): boolean {
  return conditionHolds(status?.conditions, 'Ready');
}

/** Every pod that it should have is of its newest template and available; it has at least one. */
export function daemonSetAvailable({ metadata, status }: DaemonSet): boolean {
  if (status === undefined || status.observedGeneration !== metadata?.generation) return false;
  const { desiredNumberScheduled: wanted, updatedNumberScheduled, numberAvailable } = status;
  return wanted > 0 && updatedNumberScheduled === wanted && numberAvailable === wanted;
}

/** Every replica is of its newest template and available. */
export function deploymentAvailable({ metadata, spec, status }: Deployment): boolean {
  if (status === undefined || status.observedGeneration !== metadata?.generation) return false;
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
}

/** Ids of the pods behind a Service that take traffic, from its EndpointSlices; sorted, each once. */
export function backendsOf(slices: readonly EndpointSlice[]): string[] {
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false); // absent means ready, says the API
  const ids = ready.flatMap(({ targetRef }) =>
    targetRef?.kind === 'Pod' && targetRef.namespace !== undefined && targetRef.name !== undefined
      ? [endpointId(targetRef.namespace, targetRef.name)]
      : [],
  );
  return [...new Set(ids)].sort();
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

export function conditionHolds(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.find((condition) => condition.type === type)?.status === 'True';
}
