import type { ObjectName, Objects } from '@netproof/core';
import { ApiRefusal, nameOf } from '@netproof/kube';
import { refuseLeft } from './marks.ts';

/** On an object that a fault changes, with the fault's id: put there before the change, taken away after its end. */
const annotation = 'netproof.dev/fault';

/** The cluster's DNS, by the name that it has on every cluster. */
export const dnsService: ObjectName = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system' },
};

/** What faults change on every cluster. What they make beside it stands and falls with its mark. */
const changed: readonly ObjectName[] = [dnsService];

export function markObject(objects: Objects, object: ObjectName, fault: string): Promise<void> {
  return objects.patch(object, { metadata: { annotations: { [annotation]: fault } } });
}

export function unmarkObject(objects: Objects, object: ObjectName): Promise<void> {
  return objects.patch(object, { metadata: { annotations: { [annotation]: null } } });
}

/**
 * Rejects when a fault at the API is in place, of this run or of an earlier one on a cluster that was kept.
 *
 * @param agents the DaemonSets of the CNI, which faults change too
 * @throws NetproofError `FAULT_LEFT`
 */
export async function leftObjects(objects: Objects, agents: readonly ObjectName[] = []): Promise<void> {
  const left = await Promise.all(
    [...changed, ...agents].map(async (object) => {
      const fault = await markOf(objects, object);
      return fault === undefined ? [] : [`${nameOf(object)}: ${fault}`];
    }),
  );
  refuseLeft(left.flat());
}

async function markOf(objects: Objects, object: ObjectName): Promise<string | undefined> {
  try {
    const { metadata } = await objects.get(object);
    return (metadata as { annotations?: Record<string, string> }).annotations?.[annotation];
  } catch (error) {
    // Where there is no such object, no fault has changed it.
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}
