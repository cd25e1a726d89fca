import type { ClusterFolder } from '../clusters.ts';

/** An existing cluster, as its user names it. */
export interface Where {
  /** Absolute path of a kubeconfig. */
  readonly kubeconfig: string;
  /** Of it; without one the current one. */
  readonly context?: string | undefined;
}

/** The options of a command of ours that name a cluster and what it is judged as. */
export function describeWhere(
  { kubeconfig, context }: Where,
  { as, image }: { readonly as?: ClusterFolder | undefined; readonly image?: string },
): string {
  return [
    `--kubeconfig ${quoted(kubeconfig)}`,
    ...(context === undefined ? [] : [`--context ${quoted(context)}`]),
    ...(as ? [`--cluster ${quoted(as.name)}`] : []),
    ...(image === undefined ? [] : [`--agent-image ${quoted(image)}`]),
  ].join(' ');
}

export function kubectlOf({ kubeconfig, context }: Where): string {
  return `kubectl --kubeconfig ${quoted(kubeconfig)}${context === undefined ? '' : ` --context ${quoted(context)}`}`;
}

/** As a shell reads it as one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
