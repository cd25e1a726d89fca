import { exitCode, NetproofError } from '@netproof/core';
import type { Manifest } from '@netproof/kube';

/** A node on which no probe is put, and why. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

interface Spec {
  readonly taints?: readonly { readonly key: string; readonly effect: string }[];
}

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/**
 * Tells the nodes that can be judged from those that are cordoned, not ready, or no Linux. Probes tolerate any other
 * taint, also that of a control plane.
 *
 * @throws NetproofError `NO_NODE` (exit 3) where none is left
 */
export function usableNodes(nodes: readonly Manifest[]): {
  readonly names: readonly string[];
  readonly leftOut: readonly LeftOut[];
} {
  const looked = nodes.map((node) => ({ name: node.metadata.name, why: reasonOf(node) }));
  const names = looked.filter(({ why }) => why === undefined).map(({ name }) => name);
  const leftOut = looked.flatMap(({ name, why }) => (why === undefined ? [] : [{ name, why }]));
  if (names.length > 0) return { names, leftOut };
  throw new NetproofError(
    [
      'no node of this cluster can run a probe:',
      ...leftOut.map(({ name, why }) => `  ${name} is ${why}`),
    ].join('\n'),
    { code: 'NO_NODE', exit: exitCode.environment, hint: 'see `kubectl get nodes`' },
  );
}

function reasonOf({ metadata, spec, status }: Manifest): string | undefined {
  const { taints = [] } = (spec ?? {}) as Spec;
  const { conditions = [] } = (status ?? {}) as Status;
  const { 'kubernetes.io/os': os = 'linux', type } = metadata.labels ?? {};
  if (os !== 'linux') return `of ${os}`;
  if (type === 'virtual-kubelet') return 'no machine: its kubelet is virtual';
  const conditional = taints.filter(
    ({ key, effect }) => key.startsWith('node.kubernetes.io/') && effect !== 'PreferNoSchedule',
  );
  // Each is there twice, with either effect.
  const words = [...new Set(conditional.map(({ key }) => key.replace(/.*\//, '')))];
  if (words.length > 0) return words.join(' and ');
  return conditions.some((one) => one.type === 'Ready' && one.status === 'True') ? undefined : 'not ready';
}
