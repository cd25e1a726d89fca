import type { Manifest } from './objects.ts';

export type Labels = Readonly<Record<string, string>>;

/** Namespaces and then CustomResourceDefinitions before what needs them; otherwise the given order. */
export function inOrder(objects: readonly Manifest[]): Manifest[] {
  const rank = ({ kind }: Manifest) => ['Namespace', 'CustomResourceDefinition'].indexOf(kind);
  const [first, second, rest] = [0, 1, -1].map((wanted) => objects.filter((one) => rank(one) === wanted));
  return [first, second, rest].flatMap((some) => some ?? []);
}

/** The object with more labels, and its pods with them too where it is a workload. */
export function labelled(object: Manifest, labels: Labels): Manifest {
  const more = withLabels(object, labels);
  const template = (more.spec as Workload | undefined)?.template;
  if (template === undefined) return more;
  return { ...more, spec: { ...(more.spec as Workload), template: withLabels(template, labels) } };
}

interface Template {
  readonly metadata?: { readonly labels?: Labels };
}

interface Workload {
  readonly template?: Template;
}

function withLabels<T extends Template>(object: T, labels: Labels): T {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata?.labels, ...labels } } };
}
