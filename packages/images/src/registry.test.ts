import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { placeOf } from './mirror.ts';
import { digestOf, Registry, storeBound } from './registry.ts';
import { registryStandIn } from './registry-stand-in.ts';
import { digestOfStream } from './take.ts';
import { testFolder } from './testing.ts';

const { signal } = new AbortController();

/** Has whoever waits for a registry to store something wait by a clock that only the test moves. */
function storeClock() {
  const real = globalThis.setTimeout;
  let now = 0;
  let waiting = { end: Number.POSITIVE_INFINITY, late: () => {} };
  const { mock: mocked } = mock.method(globalThis, 'setTimeout', (late: () => void, ms: number) => {
    if (ms !== storeBound) return real(late, ms);
    const refresh = () => {
      waiting = { end: now + ms, late };
    };
    refresh();
    return { refresh };
  });
  return {
    now: () => now,
    pass(ms: number) {
      now += ms;
      if (now >= waiting.end) waiting.late();
    },
    [Symbol.dispose]: () => mocked.restore(),
  };
}

describe('a registry that is sent something', () => {
  it('may take as long as it wants while it takes any of it, and is told its size', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const file = join(folder.path, 'blob');
    await writeFile(file, '');
    await truncate(file, 64e6);
    const { digest, size } = await digestOfStream(createReadStream(file), { onBytes: () => {}, signal });
    using clock = storeClock();
    const lengths: unknown[] = [];
    registry.instead = (request, response) => {
      if (request.method !== 'PUT') return false;
      lengths.push(request.headers['content-length']);
      void (async () => {
        let bytes = 0;
        let stops = 0;
        for await (const piece of request) {
          bytes += piece.length;
          // More lies in between than sockets hold, so some of it is sent in between.
          if (bytes > stops * 16e6) {
            stops += 1;
            clock.pass(storeBound * 0.3);
          }
        }
        response.writeHead(201).end();
      })();
      return true;
    };
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal });
    await to.pushBlob('netproof/kind', digest, file);
    assert.deepEqual(lengths, [String(size)]);
    assert.ok(clock.now() > storeBound);
  });

  it('and takes none of it any more has stopped to answer', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const file = join(folder.path, 'blob');
    await writeFile(file, 'x');
    using clock = storeClock();
    registry.instead = ({ method }) => {
      if (method === 'PUT') clock.pass(storeBound);
      return method === 'PUT';
    };
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal });
    await assert.rejects(to.pushBlob('netproof/kind', digestOf(Buffer.from('x')), file), {
      code: 'REGISTRY_SILENT',
      message: new RegExp(`no answer within ${storeBound / 1000} s`),
    });
  });

  it('has the bytes of a file, and no manifest before all that it names', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const file = join(folder.path, 'blob');
    const bytes = Buffer.alloc(300_000, 'abc');
    await writeFile(file, bytes);
    const blob = { mediaType: 'x', digest: digestOf(bytes), size: bytes.length };
    const manifest = Buffer.from(JSON.stringify({ config: blob, layers: [blob] }));
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal });
    await assert.rejects(to.pushManifest('netproof/kind', 'k', manifest), {
      code: 'REGISTRY_REFUSED',
      message: /answered 400/,
    });
    await to.pushBlob('netproof/kind', blob.digest, file);
    await to.pushManifest('netproof/kind', 'k', manifest);
    assert.deepEqual(registry.content.get(`netproof/kind@${blob.digest}`), bytes);
  });
});
