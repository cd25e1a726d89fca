import { refs } from '@netproof/images';
import { z } from 'zod';
import { quoted } from '../quoted.ts';

/** What the nodes are to have, or can pull, where no other image is named for the probes. */
export const usualAgentImage = refs.agent;

export const existingSchema = z.strictObject({
  /** Absolute path of a kubeconfig. */
  kubeconfig: z.string(),
  /** Of it; without one the current one. */
  context: z.string().optional(),
  /** The name or the folder of what it is judged as. */
  as: z.string().optional(),
  /** Of the probes. */
  image: z.string(),
});

/** An existing cluster as its user names it, and what is put there. */
export type Existing = Readonly<z.infer<typeof existingSchema>>;

/** An existing cluster, as its user names it. */
export type Where = Omit<Existing, 'image'>;

/** The options of a command of ours that name a cluster, what it is judged as, and the image of the probes. */
export function describeWhere({ kubeconfig, context, as }: Where, image: string): string {
  return [
    `--kubeconfig ${quoted(kubeconfig)}`,
    ...(context === undefined ? [] : [`--context ${quoted(context)}`]),
    ...(as === undefined ? [] : [`--cluster ${quoted(as)}`]),
    ...(image === usualAgentImage ? [] : [`--agent-image ${quoted(image)}`]),
  ].join(' ');
}

export function kubectlOf({ kubeconfig, context }: Where): string {
  return `kubectl --kubeconfig ${quoted(kubeconfig)}${context === undefined ? '' : ` --context ${quoted(context)}`}`;
}
