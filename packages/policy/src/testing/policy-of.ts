import type { NetworkPolicy } from '../network-policy.ts';

/** A policy in one line: `policyOf('x/deny', { podSelector: {}, policyTypes: ['Ingress'] })`. */
export function policyOf(id: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy {
  const [namespace = '', name = ''] = id.split('/');
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}
