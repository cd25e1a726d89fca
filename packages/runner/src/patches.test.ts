import assert from 'node:assert/strict';
import type { Manifest } from '@netproof/kube';
import { patched } from './patches.ts';

const objects: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' }, data: { k: '1' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'y' }, data: { k: '1' } },
];
const patch = (rest: string, built = true) =>
  patched(objects, { text: `- why: a test\n  kind: ConfigMap\n  name: a\n${rest}`, file: 'p.yaml', built });

describe('patches', () => {
  it('change the one object that they name', () => {
    const changed = patch('  namespace: y\n  patch: [{ op: replace, path: /data/k, value: "2" }]\n');
    assert.deepEqual(
      changed.map(({ data }) => data),
      [{ k: '1' }, { k: '2' }],
    );
    assert.deepEqual(objects[1]?.data, { k: '1' });
  });

  it('that are for built images leave pulled ones alone', () => {
    const text = '  namespace: y\n  when: built\n  patch: [{ op: replace, path: /data/k, value: "2" }]\n';
    assert.deepEqual(patch(text, false), objects);
    assert.notDeepEqual(patch(text), objects);
  });

  it('that are for pulled images leave built ones alone', () => {
    const text = '  namespace: y\n  when: pulled\n  patch: [{ op: replace, path: /data/k, value: "2" }]\n';
    assert.deepEqual(patch(text), objects);
    assert.notDeepEqual(patch(text, false), objects);
  });

  it('are refused, all at once, where they do not fit', () => {
    const text = `  namespace: z
  patch: [{ op: remove, path: /data }]
- why: a test
  kind: ConfigMap
  namespace: x
  name: a
  patch: [{ op: test, path: /data/k, value: "3" }, { op: replace, path: /data/no, value: "" }]
`;
    assert.throws(() => patch(text), {
      code: 'PATCH_INVALID',
      exit: 2,
      message:
        /p\.yaml:1: ConfigMap z\/a: 0 objects have that name\n.*p\.yaml:10: .*x\/a: test \/data\/k.*\n.*p\.yaml:10: .*x\/a: replace \/data\/no/,
    });
    assert.throws(() => patch('  patch: []\n'), { code: 'PATCH_INVALID', message: /p\.yaml:4: 0\.patch: / });
  });

  it('are refused where they are no YAML, with the line', () => {
    assert.throws(() => patch('  patch: [\n'), {
      code: 'CLUSTER_FILE',
      exit: 2,
      message: /^p\.yaml is no YAML:\n {2}p\.yaml:\d: /,
    });
  });
});
