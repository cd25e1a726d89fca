import { exitCode, NetproofError } from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { applyPatch, type Operation } from 'rfc6902';
import { parse } from 'yaml';
import { z } from 'zod';

const operation = z.looseObject({
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: z.string().startsWith('/'),
});

/** A file of patches: small changes of objects that are somebody else's. */
const patchFile = z.array(
  z.strictObject({
    /** Why it is there, for people. */
    why: z.string(),
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    /** Only where the images were built here, or only where the node image was pulled. */
    when: z.enum(['built', 'pulled']).optional(),
    /** Operations of RFC 6902. */
    patch: z.array(operation).min(1),
  }),
);

/**
 * Changes objects as a file of patches says.
 *
 * @param file names the text in messages
 * @throws NetproofError `PATCH_INVALID` (exit 2) with every patch that is none, that no single object is named
 * by, or that does not fit its object: a manifest that has changed is not to be installed half patched
 */
export function patched(
  objects: readonly Manifest[],
  { text, file, built }: { readonly text: string; readonly file: string; readonly built: boolean },
): readonly Manifest[] {
  const parsed = patchFile.safeParse(parse(text));
  if (!parsed.success) throw invalid(file, [z.prettifyError(parsed.error)]);
  const changed = structuredClone(objects) as Manifest[];
  const problems: string[] = [];
  for (const { kind, namespace, name, when, patch } of parsed.data) {
    if (when !== undefined && (when === 'built') !== built) continue;
    const at = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    const found = changed.filter(
      (object) =>
        object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    );
    if (found.length !== 1) problems.push(`${at}: ${found.length} objects have that name`);
    const [object] = found;
    if (object === undefined) continue;
    for (const [index, error] of applyPatch(object, patch as unknown as Operation[]).entries()) {
      if (error !== null) problems.push(`${at}: ${patch[index]?.op} ${patch[index]?.path}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw invalid(file, problems);
  return changed;
}

function invalid(file: string, problems: readonly string[]): NetproofError {
  return new NetproofError(
    `the patches of ${file} do not fit:\n${problems.map((one) => `  ${one}`).join('\n')}`,
    {
      code: 'PATCH_INVALID',
      exit: exitCode.usage,
      hint: 'clusters/README.md says what a patch file holds',
    },
  );
}
