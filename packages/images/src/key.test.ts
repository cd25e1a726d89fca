import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from './component.ts';
import { keysOf } from './key.ts';
import { component, testFolder } from './testing.ts';

/** Two programs, an image of the first, and a node of both. */
function family(changes: Partial<Record<string, string>> = {}, sources: readonly string[] = []) {
  const one = component('one', { recipe: { flags: changes.one ?? '' }, sources });
  const two = component('two', { recipe: { flags: changes.two ?? '' } });
  const image = component('image', { needs: [one] });
  return component('node', { needs: [image, two] });
}

async function keysByName(root: Component): Promise<Record<string, string>> {
  return Object.fromEntries([...(await keysOf([root]))].map(([{ name }, key]) => [name, key]));
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

describe('keys', () => {
  it('are the same for the same inputs', async () => {
    assert.deepEqual(await keysByName(family()), await keysByName(family()));
  });

  it('change for the changed component and what contains it, and for nothing else', async () => {
    const before = await keysByName(family());
    assert.deepEqual(changed(before, await keysByName(family({ two: '-s' }))), ['two', 'node']);
    assert.deepEqual(changed(before, await keysByName(family({ one: '-s' }))), ['one', 'image', 'node']);
  });

  it('change with the content of a source, its name included, but not with where it lies', async () => {
    await using here = await testFolder();
    await using there = await testFolder();
    const at = async (folder: string, file: string, content: string) => {
      await writeFile(join(folder, file), content);
      return keysByName(family({}, [join(folder, file)]));
    };
    const before = await at(here.path, 'go.sum', 'a');
    assert.deepEqual(await at(there.path, 'go.sum', 'a'), before);
    assert.deepEqual(changed(before, await at(here.path, 'go.sum', 'b')), ['one', 'image', 'node']);
    assert.deepEqual(changed(before, await at(here.path, 'go.mod', 'a')), ['one', 'image', 'node']);
  });
});
