import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { placeOf } from './mirror.ts';
import { digestOf, Registry } from './registry.ts';
import { registryStandIn } from './registry-stand-in.ts';
import { digestOfStream } from './take.ts';
import { testFolder } from './testing.ts';

const { signal } = new AbortController();

describe('a registry that is sent something', () => {
  it('may take as long as it wants while it takes any of it, and is told its size', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const file = join(folder.path, 'blob');
    await writeFile(file, '');
    await truncate(file, 64e6);
    const { digest, size } = await digestOfStream(createReadStream(file), { onBytes: () => {}, signal });
    const storeBound = 3_000;
    const lengths: unknown[] = [];
    const took: number[] = [];
    registry.instead = (request, response) => {
      if (request.method !== 'PUT') return false;
      lengths.push(request.headers['content-length']);
      const start = performance.now();
      void (async () => {
        let bytes = 0;
        let stops = 0;
        for await (const piece of request) {
          bytes += piece.length;
          // More lies in between than sockets hold, so the sender stops as well.
          if (bytes > stops * 16e6) {
            stops += 1;
            await wait(storeBound * 0.3);
          }
        }
        took.push(performance.now() - start);
        response.writeHead(201).end();
      })();
      return true;
    };
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal, storeBound });
    await to.pushBlob('netproof/kind', digest, file);
    assert.deepEqual(lengths, [String(size)]);
    assert.ok(took[0]! > storeBound, `${took}`);
  });

  it('and takes none of it any more has stopped to answer', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const file = join(folder.path, 'blob');
    await writeFile(file, 'x');
    registry.instead = ({ method }) => method === 'PUT';
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal, storeBound: 200 });
    await assert.rejects(to.pushBlob('netproof/kind', digestOf(Buffer.from('x')), file), {
      code: 'REGISTRY_SILENT',
      message: /no answer within 0\.2 s/,
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
