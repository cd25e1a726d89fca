import type { LabelSelector } from './network-policy.ts';

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/**
 * Whether labels meet every requirement of a selector; an empty one selects everything.
 *
 * `NotIn` holds for what has no such label at all, as the API server's own selectors have it
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#set-based-requirement).
 */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labelOf(labels, key) === value) &&
    (matchExpressions ?? []).every((requirement) => meets(requirement, labelOf(labels, requirement.key)))
  );
}

/** As kubectl writes selectors: `app=web,tier in (a,b),!gone`. `{}` is the empty one. */
export function describeSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const texts = [...equal, ...(matchExpressions ?? []).map(describeRequirement)];
  return texts.length === 0 ? '{}' : texts.join(',');
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function describeRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${(values ?? []).join(',')})`;
    case 'NotIn':
      return `${key} notin (${(values ?? []).join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}

/** A label may be called `constructor`, which every object has. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
