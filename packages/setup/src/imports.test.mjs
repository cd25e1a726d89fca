// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { importsOf } from './imports.mjs';

const names = (/** @type {string[]} */ ...lines) => importsOf(lines.join('\n')).map(({ name }) => name);

describe('the imports of a source', () => {
  it('finds each form, with its line', () => {
    const source = readFileSync(new URL('fixtures/imports.txt', import.meta.url), 'utf8');
    assert.deepEqual(importsOf(source), [
      { name: 'default', line: 1 },
      { name: 'namespace', line: 2 },
      { name: 'both', line: 3 },
      { name: 'type', line: 4 },
      { name: 'effect', line: 5 },
      { name: 'lines', line: 9 },
      { name: 'again', line: 10 },
      { name: 'star', line: 11 },
      { name: 'again-type', line: 12 },
      { name: 'dynamic', line: 13 },
      { name: 'in-a-comment', line: 14 },
      { name: 'old', line: 15 },
      { name: 'resolved', line: 16 },
    ]);
  });

  it('does not take other code for an import', () => {
    assert.deepEqual(names("export const a = Array.from('x');", "  import b from 'indented';"), []);
    assert.deepEqual(names('export function c() {', "  return { from: 'x' };", '}'), []);
    assert.deepEqual(names("page.import('x');", "reimport('y');"), []);
  });
});
