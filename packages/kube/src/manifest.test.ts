import assert from 'node:assert/strict';
import { parseManifest } from './manifest.ts';

describe('parseManifest', () => {
  it('reads all documents but the empty ones', () => {
    const objects = parseManifest(
      '---\n# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\n',
    );
    assert.deepEqual(objects, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]);
    assert.deepEqual(parseManifest(''), []);
  });

  it('names everything that is wrong at once, by line', () => {
    const text = 'apiVersion: v1\nkind: Pod\n---\nkind: [\n---\n- a list\n';
    assert.throws(() => parseManifest(text, 'pods.yaml'), {
      code: 'MANIFEST_INVALID',
      message:
        /^pods.yaml is not a manifest: line 1: an object needs .*; line 5: .*; line 6: an object needs/,
    });
  });
});
