import { readFile } from 'node:fs/promises';
import { exitCode, NetproofError } from '@netproof/core';
import { type Kube, type Manifest, parseManifest, type Right } from '@netproof/kube';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Every right that the ClusterRoles of a manifest grant, each once. */
export function rightsIn(objects: readonly Manifest[]): readonly Right[] {
  const rules = objects.flatMap(({ kind, rules }) => (kind === 'ClusterRole' ? (rules as Rule[]) : []));
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((whole) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => {
            const [resource = '', subresource] = whole.split('/');
            return {
              ...{ verb, group, resource },
              ...(subresource !== undefined && { subresource }),
              ...(name !== undefined && { name }),
            };
          }),
        ),
      ),
    ),
  );
}

/** For people: `patch namespaces/netproof-x`, `list daemonsets.apps`, `create pods/exec`. */
export function describeRight({ verb, group, resource, subresource, name }: Right): string {
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const of = group === '' ? whole : `${whole}.${group}`;
  return `${verb} ${of}${name === undefined ? '' : ` ${name}`}`;
}

/**
 * Asks the API for every right that a file grants, before anything is made.
 *
 * @param file a manifest with a ClusterRole: `clusters/rbac.yaml`
 * @throws NetproofError `RIGHTS_MISSING` (exit 3) with all that are not granted
 */
export async function needRights(kube: Pick<Kube, 'may'>, file: string): Promise<void> {
  const rights = rightsIn(parseManifest(await readFile(file, 'utf8'), file));
  const granted = await Promise.all(rights.map((right) => kube.may(right)));
  const missing = rights.filter((_, at) => !granted[at]);
  if (missing.length === 0) return;
  throw new NetproofError(
    `rights are missing on this cluster, ${missing.length} of ${rights.length}:\n${missing.map((right) => `  ${describeRight(right)}`).join('\n')}`,
    {
      code: 'RIGHTS_MISSING',
      exit: exitCode.environment,
      hint: `who may grant them: kubectl apply -f ${file}; then use the account netproof of the namespace netproof-access`,
    },
  );
}
