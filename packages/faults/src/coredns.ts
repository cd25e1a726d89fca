import type { ObjectName, Objects } from '@netproof/core';

/** CoreDNS as kubeadm installs it. */
export const coreDns: ObjectName = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace: 'kube-system' },
};

interface Volume {
  readonly configMap?: { readonly name: string };
}

/** The fields of a Deployment that faults read. */
interface Deployment {
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly volumes: readonly Volume[] } };
  };
}

export async function deploymentOf(objects: Objects, name: ObjectName): Promise<Deployment> {
  return (await objects.get(name)) as unknown as Deployment;
}
