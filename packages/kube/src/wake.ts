import { bounds } from '@netproof/core';
import type { Api, ClusterConfig } from './api.ts';
import type { Event } from './objects.ts';
import { watchUntil } from './watch.ts';

/** On a pod at which its kubelet was to look again, with the event that said why. */
const annotation = 'netproof.dev/woken-by';

/**
 * Has kubelets try again at once where a pod's network could not be made. A CNI may have its configuration in place
 * some seconds before it can do its work; by itself a kubelet tries again after ten seconds and more, but whatever
 * changes in a pod wakes it. Ends with the signal.
 */
export async function wakeKubelets(api: Api, config: ClusterConfig, signal: AbortSignal): Promise<void> {
  const known = new Set<string>();
  await watchUntil<Event>(api, config, {
    apiVersion: 'v1',
    kind: 'Event',
    fieldSelector: 'reason=FailedCreatePodSandBox',
    bound: bounds.clusterReady,
    signal,
    settled(events) {
      for (const { metadata, involvedObject } of events) {
        const event = `${metadata.uid}.${metadata.resourceVersion}`;
        if (known.has(event)) continue;
        known.add(event);
        const { name = '', namespace } = involvedObject;
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...(namespace && { namespace }) } };
        // A pod that is gone needs no waking, and one that cannot be woken wakes later by itself.
        void api.patch(pod, { metadata: { annotations: { [annotation]: event } } }).catch(() => {});
      }
      return false;
    },
  });
}
