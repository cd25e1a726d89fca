import { exitCode, NetproofError } from '@netproof/core';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Manifest } from './objects.ts';

/**
 * Reads a manifest of one or more YAML documents. Empty documents are left out.
 *
 * @param name what the text is, for errors: a file's path
 * @throws NetproofError `MANIFEST_INVALID` with all that is wrong, by line
 */
export function parseManifest(text: string, name = 'manifest'): Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const wrong: string[] = [];
  const objects: Manifest[] = [];
  const at = (offset: number) => lines.linePos(offset).line;

  for (const document of 'empty' in documents ? [] : documents) {
    for (const error of document.errors) wrong.push(`line ${at(error.pos[0])}: ${error.message}`);
    if (document.errors.length > 0) continue;
    const object: unknown = document.toJS();
    if (object === null) continue;
    if (isManifest(object)) objects.push(object);
    else
      wrong.push(
        `line ${at(document.contents?.range?.[0] ?? 0)}: an object needs apiVersion, kind and metadata.name`,
      );
  }
  if (wrong.length > 0) {
    throw new NetproofError(`${name} is not a manifest: ${wrong.join('; ')}`, {
      code: 'MANIFEST_INVALID',
      exit: exitCode.usage,
      hint: 'correct the lines named above',
    });
  }
  return objects;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || !isRecord(value.metadata)) return false;
  return [value.apiVersion, value.kind, value.metadata.name].every(
    (field) => typeof field === 'string' && field !== '',
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
