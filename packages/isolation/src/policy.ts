import type { NetworkPolicy } from '@netproof/policy';

/** A policy of one of the probes' namespaces: `policy('y', 'deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] })`. */
export function policy(
  space: 'x' | 'y' | 'z',
  name: string,
  spec: NonNullable<NetworkPolicy['spec']>,
): NetworkPolicy {
  const metadata = { name, namespace: `netproof-${space}` };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}
