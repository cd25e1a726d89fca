import { exitCode, NetproofError } from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { applyPatch, type Operation } from 'rfc6902';
import { z } from 'zod';
import { atLines, locatedYaml, shapeProblems } from './located-yaml.ts';

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
 * Reads a file of patches.
 *
 * @param file names the text in messages
 * @throws NetproofError exit 2 with all that is wrong, each with its line: `CLUSTER_FILE` for what is no YAML,
 * `PATCH_INVALID` for patches that are none
 */
export function patchesOf(text: string, file: string) {
  const { content, lineOf } = locatedYaml(text, file);
  const parsed = patchFile.safeParse(content);
  if (parsed.success) return { patches: parsed.data, lineOf };
  throw invalid(
    file,
    shapeProblems(parsed.error).map(({ path, message }) => ({
      line: lineOf(path),
      message: `${path.join('.') || 'the file'}: ${message}`,
    })),
  );
}

/**
 * Changes objects as a file of patches says.
 *
 * @param file names the text in messages
 * @throws NetproofError as of {@link patchesOf}, and `PATCH_INVALID` with every patch that no single object is named
 * by, or that does not fit its object: a manifest that has changed is not to be installed half patched
 */
export function patched(
  objects: readonly Manifest[],
  { text, file, built }: { readonly text: string; readonly file: string; readonly built: boolean },
): readonly Manifest[] {
  const { patches, lineOf } = patchesOf(text, file);
  const changed = structuredClone(objects) as Manifest[];
  const problems: { line: number; message: string }[] = [];
  for (const [nth, { kind, namespace, name, when, patch }] of patches.entries()) {
    if (when !== undefined && (when === 'built') !== built) continue;
    const at = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    const found = changed.filter(
      (object) =>
        object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    );
    if (found.length !== 1)
      problems.push({ line: lineOf([nth]), message: `${at}: ${found.length} objects have that name` });
    const [object] = found;
    if (object === undefined) continue;
    for (const [index, error] of applyPatch(object, patch as unknown as Operation[]).entries()) {
      if (error === null) continue;
      const { op, path } = patch[index]!;
      problems.push({
        line: lineOf([nth, 'patch', index]),
        message: `${at}: ${op} ${path}: ${error.message}`,
      });
    }
  }
  if (problems.length > 0) throw invalid(file, problems);
  return changed;
}

function invalid(file: string, problems: Parameters<typeof atLines>[1]): NetproofError {
  return new NetproofError(`the patches of ${file} do not fit:\n${atLines(file, problems)}`, {
    code: 'PATCH_INVALID',
    exit: exitCode.usage,
    hint: 'clusters/README.md says what a patch file holds',
  });
}
