// @ts-check
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missing } from './apt.mjs';
import { which } from './command.mjs';

describe('what is missing of a machine', () => {
  /** @type {string} */
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-apt-'));
    writeFileSync(join(folder, 'jq'), '');
    chmodSync(join(folder, 'jq'), 0o755);
    writeFileSync(join(folder, 'zstd'), '');
    chmodSync(join(folder, 'zstd'), 0o644);
    mkdirSync(join(folder, 'gcc'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is told by commands on the PATH: executable files', () => {
    const packages = ['jq', 'zstd', 'gcc', 'iptables'].map((command) => ({
      name: `package-of-${command}`,
      command,
    }));
    assert.deepEqual(
      missing(packages, { path: `/nowhere::${folder}` }).map(({ name }) => name),
      ['package-of-zstd', 'package-of-gcc', 'package-of-iptables'],
    );
    assert.equal(which('jq', `/nowhere:${folder}`), join(folder, 'jq'));
  });

  it('is told by a file where there is no command', () => {
    const packages = [{ name: 'libc6-dev', file: '/usr/include/stdio.h' }];
    assert.deepEqual(missing(packages, { exists: () => true }), []);
    assert.deepEqual(missing(packages, { exists: () => false }), packages);
  });
});
