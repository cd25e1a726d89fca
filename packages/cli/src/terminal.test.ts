import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { terminal } from './terminal.ts';

describe('progress', () => {
  const write = process.stderr.write;
  let written = '';

  beforeEach(() => {
    written = '';
    process.stderr.write = ((text: string) => {
      written += text;
      return true;
    }) as typeof write;
  });
  afterEach(() => {
    process.stderr.write = write;
  });

  it('in a log is one line for a short part, without control characters', async () => {
    assert.equal(await terminal(false).step('images', async () => 'made'), 'made');
    const plain = stripVTControlCharacters(written);
    assert.match(plain, /^✓ images 0\.\d s\n$/);
    assert(!written.includes('\r'));
  });

  it('says that a part failed, and passes the failure on', async () => {
    const failing = terminal(true).step('images', async () => {
      throw new Error('no disk');
    });
    await assert.rejects(failing, /no disk/);
    assert.match(stripVTControlCharacters(written), /✗ images/);
  });
});
