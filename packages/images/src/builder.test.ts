import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetproofError } from '@netproof/core';
import { build, missingFor } from './builder.ts';
import type { Component } from './component.ts';
import { keysOf } from './key.ts';
import { openLog } from './log.ts';
import type { Progress } from './progress.ts';
import { image } from './recipes/image.ts';
import { Store } from './store.ts';
import { component, testFolder } from './testing.ts';

/** Builds what is missing for a goal, as ensureImages does, and returns the names of what was built. */
async function make(goal: Component, folder: string, signal = new AbortController().signal) {
  const warnings: string[] = [];
  const store = new Store(folder, (message) => warnings.push(message));
  const keys = await keysOf([goal]);
  const missing = await missingFor([goal], ({ name }) => {
    const [, key] = [...keys].find(([one]) => one.name === name) as [Component, string];
    return store.has(name, key);
  });
  const progress: Progress[] = [];
  await using log = await openLog(join(folder, 'log'));
  await build(missing, { store, keys, log, signal, onProgress: (one) => progress.push(one) });
  return { built: missing.map(({ name }) => name), warnings, progress };
}

describe('a build', () => {
  it('on a full disk is no defect', async () => {
    await using folder = await testFolder();
    const goal = component('one', { build: () => writeFile('/dev/full', 'x') });
    await assert.rejects(make(goal, folder.path), {
      code: 'DISK_FULL',
      exit: 3,
      message: new RegExp(folder.path),
    });
  });

  const two = component('two');
  const node = (one: Component) =>
    component('node', {
      needs: [one, two],
      async build(folder, site) {
        const parts = [one, two].map((part) => readFile(site.file(part, 'out'), 'utf8'));
        await writeFile(join(folder, 'out'), (await Promise.all(parts)).join('+'));
      },
    });

  it('makes each thing after what it needs, once', async () => {
    await using folder = await testFolder();
    const first = await make(node(component('one')), folder.path);
    assert.deepEqual(first.built, ['one', 'two', 'node']);
    assert.equal(first.progress.at(-1)?.fraction, 1);
    assert.deepEqual((await make(node(component('one')), folder.path)).built, []);
  });

  it('makes again only what a change touches', async () => {
    await using folder = await testFolder();
    await make(node(component('one')), folder.path);
    const changed = await make(node(component('one', { content: 'one, newer' })), folder.path);
    assert.deepEqual(changed.built, ['one', 'node']);
  });

  it('makes a damaged thing again, with a warning', async () => {
    await using folder = await testFolder();
    const goal = component('one');
    await make(goal, folder.path);
    const key = (await keysOf([goal])).get(goal) as string;
    await writeFile(join(folder.path, 'components', `one-${key}`, 'files', 'out'), 'damaged');
    const { built, warnings } = await make(goal, folder.path);
    assert.deepEqual(built, ['one']);
    assert.equal(warnings.length, 1);
  });

  for (const [what, damage] of [
    ['was cut off', (file: string, { length }: Buffer) => truncate(file, Math.floor(length / 2))],
    [
      'has a flipped bit',
      async (file: string, bytes: Buffer) => {
        const other = Buffer.from(bytes);
        const at = Math.floor(other.length / 2);
        other[at] = (other[at] as number) ^ 1;
        await writeFile(file, other);
      },
    ],
  ] as const) {
    it(`packs an image again whose archive ${what}, and says which`, async () => {
      await using folder = await testFolder();
      const one = component('one', { content: 'a program'.repeat(10_000) });
      const goal = image({ name: 'x', ref: 'ghcr.io/x/x:1', files: { '/x': [one, 'out'] }, config: {} });
      assert.deepEqual((await make(goal, folder.path)).built, ['one', 'image-x']);
      const key = (await keysOf([goal])).get(goal) as string;
      const archive = join(folder.path, 'components', `image-x-${key}`, 'files', 'image.tar');
      const whole = await readFile(archive);
      await damage(archive, whole);
      const { built, warnings } = await make(goal, folder.path);
      assert.deepEqual(built, ['image-x']);
      assert.deepEqual(warnings, [`${archive} does not match its hash; image-x is built again`]);
      assert.ok(whole.equals(await readFile(archive)));
    });
  }

  it('resumes after a failure with what was finished before it', async () => {
    await using folder = await testFolder();
    const breaks = component('one', {
      needs: [two],
      build: () => Promise.reject(new NetproofError('no network', { code: 'TOOL_FAILED', exit: 3 })),
    });
    await assert.rejects(make(breaks, folder.path), (error: NetproofError) => {
      assert.equal(error.message, 'making one failed: no network');
      assert.equal(error.exit, 3);
      assert.match(error.hint ?? '', /all output: .*log/);
      return true;
    });
    const works = component('one', { needs: [two] });
    assert.deepEqual((await make(works, folder.path)).built, ['one']);
  });

  it('ends with the reason of its signal, its tools ended and its folders removed', async () => {
    await using folder = await testFolder();
    const stop = new AbortController();
    const sleeps = component('one', {
      async build(_folder, { tools }) {
        const running = tools.run(['sleep', '600']);
        stop.abort(new Error('Ctrl-C'));
        await running;
      },
    });
    await assert.rejects(make(sleeps, folder.path, stop.signal), /^Error: Ctrl-C$/);
    const store = new Store(folder.path, assert.fail);
    await store.sweep(new Map());
    assert.equal(await store.has('one', (await keysOf([sleeps])).get(sleeps) as string), false);
  });
});
