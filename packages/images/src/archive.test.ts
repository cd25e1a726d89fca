import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { exitCode, type NetproofError } from '@netproof/core';
import { Archive, ArchiveWriter } from './archive.ts';
import type { Component } from './component.ts';
import { keyLabel } from './docker.ts';
import { keysOf } from './key.ts';
import { componentsOf, takeOffers } from './move.ts';
import { pack } from './pack.ts';
import { Store } from './store.ts';
import { component, testFolder } from './testing.ts';
import { Tools } from './tool.ts';

/** Has one image, which it saves as Docker 20.10 does, and remembers what it is to load. */
const docker = `#!/bin/sh
set -eu
case "$1" in
  save) tar -C "$STAND_IN/image" -c . ;;
  load) mkdir "$STAND_IN/loaded"; tar -x -C "$STAND_IN/loaded"; exit "$STAND_IN_EXIT" ;;
esac
`;

const signal = new AbortController().signal;
const big = component('big', { content: randomBytes(100_000).toString('base64') });
const small = component('small', { made: { name: 'small', version: 'v1', from: 'x' } });

/** Two stores, and the archive of what is in the first. */
async function archived(components: readonly Component[] = [big, small], env: Record<string, string> = {}) {
  const folder = await testFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  const tools = new Tools(() => {}, signal, env);
  const keys = await keysOf(components);
  const from = new Store(at('from'), assert.fail);
  {
    await using writer = new ArchiveWriter(at('archive'), tools);
    for (const one of components) {
      const key = keys.get(one) as string;
      if (!one.present) await from.add(one.name, key, (to) => one.build(to, {} as never));
      const scratch = (await from.temporary('pack')).path;
      await writer.add(one, key, await pack(one, { store: from, tools, key, folder: scratch }), scratch);
    }
    await writer.finish((await from.temporary('index')).path);
  }
  const to = new Store(at('to'), assert.fail);
  const load = async () => {
    const archive = await Archive.open(at('archive'), tools);
    const chosen = componentsOf(archive.kept, components, keys, 'archive');
    return takeOffers(archive, chosen, { store: to, tools, onProgress: () => {}, check: async () => {} });
  };
  const loaded = async () => (await readdir(at('to', 'components')).catch(() => [])).length;
  return { at, keys, to, tools, load, loaded, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const refused = (code: string, message: RegExp) => (error: NetproofError) => {
  assert.equal(error.code, code);
  assert.equal(error.exit, exitCode.usage);
  assert.match(error.message, message);
  return true;
};

describe('an archive of components', () => {
  it('gives what was put into it, and nothing when all is there already', async () => {
    await using its = await archived();
    const taken = await its.load();
    assert.deepEqual(
      taken.map(({ component: { name } }) => name),
      ['big', 'small'],
    );
    for (const one of [big, small]) {
      const file = its.to.file(one.name, its.keys.get(one) as string, 'out');
      assert.equal(await readFile(file, 'utf8'), (one.recipe as { content: string }).content);
    }
    assert.deepEqual(await its.load(), []);
  });

  it('is an OCI image layout, and leaves nothing beside it', async () => {
    await using its = await archived();
    const members = (await its.tools.run(['tar', '-tf', its.at('archive')])).trim().split('\n');
    assert.deepEqual(members.slice(-2), ['index.json', 'oci-layout']);
    assert.ok(members.slice(0, -2).every((name) => /^blobs\/sha256\/[0-9a-f]{64}$/.test(name)));
    assert.deepEqual((await readdir(its.at('.'))).sort(), ['archive', 'from']);
  });

  it('is refused where a byte of the last blob is another, before anything is taken', async () => {
    await using its = await archived();
    const bytes = await readFile(its.at('archive'));
    // The layer of `small` is the last with zstd's magic number.
    const layer = bytes.lastIndexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    bytes[layer + 20] = (bytes[layer + 20] as number) ^ 1;
    await writeFile(its.at('archive'), bytes);
    await assert.rejects(
      its.load(),
      refused('ARCHIVE_DAMAGED', /archive cannot be used: small does not match its digest sha256:/),
    );
    assert.equal(await its.loaded(), 0);
  });

  for (const part of [0.2, 0.6, 0.9]) {
    it(`is refused where only ${part} of it is there, with the place of its end`, async () => {
      await using its = await archived();
      const { length } = await readFile(its.at('archive'));
      await truncate(its.at('archive'), Math.floor(length * part));
      await assert.rejects(its.load(), refused('ARCHIVE_DAMAGED', /archive cannot be used: .*(blobs|index)/));
      assert.equal(await its.loaded(), 0);
    });
  }

  it('is refused where it is none, or not there', async () => {
    await using its = await archived();
    await writeFile(its.at('archive'), 'PK');
    await assert.rejects(its.load(), refused('ARCHIVE_DAMAGED', /does not look like a tar archive/));
    await assert.rejects(Archive.open(its.at('no'), its.tools), refused('ARCHIVE_DAMAGED', /No such file/));
  });

  it('of other pins is refused, with both', async () => {
    await using its = await archived();
    const other = component('small', { content: 'other' });
    const { kept } = await Archive.open(its.at('archive'), its.tools);
    const keys = await keysOf([other, big]);
    assert.throws(
      () => componentsOf(kept, [other, big], keys, 'archive'),
      refused('OTHER_PINS', new RegExp(`small v1 ${its.keys.get(small)}, here ${keys.get(other)}$`)),
    );
  });

  it('is written anew where an earlier writer was killed, and takes its part away', async () => {
    await using folder = await testFolder();
    const at = (name: string) => join(folder.path, name);
    const gone = spawn('true');
    await once(gone, 'exit');
    const parts = [`.archive.${process.pid}`, `.archive.${gone.pid}`];
    const others = ['.archive.1', '.archive.mine', `.other.${gone.pid}`];
    for (const name of [...parts, ...others]) await writeFile(at(name), 'half');
    const tools = new Tools(() => {}, signal);
    const store = new Store(at('store'), assert.fail);
    await store.add('small', 'k', (to) => small.build(to, {} as never));
    {
      await using writer = new ArchiveWriter(at('archive'), tools);
      const scratch = (await store.temporary('pack')).path;
      await writer.add(small, 'k', await pack(small, { store, tools, key: 'k', folder: scratch }), scratch);
      await writer.finish((await store.temporary('index')).path);
    }
    assert.equal((await Archive.open(at('archive'), tools)).kept.length, 1);
    assert.deepEqual((await readdir(folder.path)).sort(), [...others, 'archive', 'store'].sort());
  });

  /** What comes of an archive with an image of such labels, given a Docker in which loading ends with `exit`. */
  async function image(labels: (key: string) => Record<string, string>, exit = 0) {
    const folder = await testFolder();
    const at = (...path: string[]) => join(folder.path, ...path);
    for (const name of ['bin', 'image']) await mkdir(at(name));
    await writeFile(at('bin', 'docker'), docker);
    await chmod(at('bin', 'docker'), 0o755);
    const layer = Buffer.from('a tar');
    const id = createHash('sha256').update(layer).digest('hex');
    const present = async () => (await readdir(folder.path)).includes('loaded');
    const node = component('node', { recipe: { ref: 'kindest/node:v1' }, present });
    const key = (await keysOf([node])).get(node) as string;
    const config = JSON.stringify({
      config: { Cmd: ['x'], Labels: labels(key) },
      rootfs: { diff_ids: [`sha256:${id}`] },
    });
    await writeFile(at('image', 'l.tar'), layer);
    await writeFile(at('image', 'c.json'), config);
    await writeFile(at('image', 'manifest.json'), JSON.stringify([{ Config: 'c.json', Layers: ['l.tar'] }]));
    const PATH = `${at('bin')}${delimiter}${process.env.PATH}`;
    const its = await archived([node], { PATH, STAND_IN: folder.path, STAND_IN_EXIT: `${exit}` });
    return {
      ...{ at, its, layer, config, present },
      origin: async () => (await its.to.origin('node', key)) ?? '',
      async [Symbol.asyncDispose]() {
        await its[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  it('has images of the local Docker as they are, and loads them under their name', async () => {
    await using one = await image((key) => ({ [keyLabel]: key }));
    const { at, its, layer, config } = one;
    await its.load();
    const [saved] = JSON.parse(await readFile(at('loaded', 'manifest.json'), 'utf8'));
    assert.deepEqual(saved.RepoTags, ['kindest/node:v1']);
    assert.equal(await readFile(at('loaded', saved.Config), 'utf8'), config);
    assert.deepEqual(await readFile(at('loaded', saved.Layers[0])), layer);
    assert.match(await one.origin(), /^archive\/netproof\/node@sha256:/);
  });

  for (const [what, labels] of [
    ['another key', { [keyLabel]: 'k' }],
    ['none', {}],
  ] as const)
    it(`gives Docker no image whose label has ${what}`, async () => {
      await using one = await image(() => labels);
      await assert.rejects(one.its.load(), { code: 'WRONG_KEY', exit: exitCode.environment });
      assert.equal(await one.present(), false);
    });

  it('is noted as the origin of an image before Docker has it, for who is killed in between', async () => {
    await using one = await image((key) => ({ [keyLabel]: key }), 1);
    await assert.rejects(one.its.load(), { code: 'TOOL_FAILED' });
    assert.equal(await one.present(), true);
    assert.match(await one.origin(), /^archive\/netproof\/node@sha256:/);
  });
});
