import assert from 'node:assert/strict';
import { mirrorOf, placeOf } from './mirror.ts';

describe('the name of a registry', () => {
  for (const [text, name, origin, prefix] of [
    ['127.0.0.1:5000', '127.0.0.1:5000', 'http://127.0.0.1:5000', ''],
    ['localhost:5000/team', 'localhost:5000/team', 'http://localhost:5000', 'team/'],
    ['[::1]:5000', '[::1]:5000', 'http://[::1]:5000', ''],
    ['mirror.example/a/b/', 'mirror.example/a/b', 'https://mirror.example', 'a/b/'],
    ['http://10.0.0.2:5000', '10.0.0.2:5000', 'http://10.0.0.2:5000', ''],
    ['https://127.0.0.1:5000', '127.0.0.1:5000', 'https://127.0.0.1:5000', ''],
    ['ghcr.io', 'ghcr.io', 'https://ghcr.io', ''],
  ] as const) {
    it(`${text} is asked at ${origin}`, () => {
      assert.deepEqual(placeOf(text, 'x'), { name, origin, prefix });
    });
  }

  for (const text of [
    'ftp://x',
    'a b',
    'x/UPPER',
    'x?y',
    'https://me:secret@x',
    'me:secret@x',
    'x:port',
    '/x',
  ]) {
    it(`${text} is refused, and no password is repeated`, () => {
      assert.throws(
        () => mirrorOf({ NETPROOF_MIRROR: text }),
        ({ code, exit, message }: { code: string; exit: number; message: string }) =>
          code === 'BAD_REGISTRY' && exit === 2 && /NETPROOF_MIRROR/.test(message) && !/secret/.test(message),
      );
    });
  }

  it('is none where nothing is set', () => {
    assert.equal(mirrorOf({ NETPROOF_MIRROR: '' }), undefined);
    assert.equal(mirrorOf({}), undefined);
  });
});
