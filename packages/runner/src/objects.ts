import { exitCode, NetproofError, type Objects } from '@netproof/core';
import { type Kube, type Manifest, nameOf } from '@netproof/kube';

/** The objects of a cluster, for faults at its API. */
export function objectsOf(kube: Kube): Objects {
  return {
    get: (object) => kube.get(object),
    services: () => kube.services(),
    apply: (objects) => kube.apply(objects as readonly Manifest[]),
    patch: (object, change) => kube.patch(object, change),
    async remove(objects) {
      const left = await kube.remove(objects as readonly Manifest[]);
      if (left.length === 0) return;
      throw new NetproofError(`still there after their deletion: ${left.join(', ')}`, {
        code: 'NOT_REMOVED',
        exit: exitCode.defect,
      });
    },
    async available(workload) {
      const { kind, metadata } = workload;
      if (kind !== 'Deployment' && kind !== 'DaemonSet') {
        throw new TypeError(`${nameOf(workload)} is no Deployment or DaemonSet`);
      }
      await kube.wait.available(kind, metadata.namespace ?? 'default', metadata.name);
    },
  };
}
