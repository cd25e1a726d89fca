// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBarred } from './capabilities.mjs';
import { inotifyInstances, raiseInotifyInstances } from './inotify.mjs';

describe('capabilities', () => {
  it('are barred where the bounding set has not their bit', () => {
    const status = 'CapEff:\t0000000000000000\nCapBnd:\t000001fffeffffff\n';
    assert.equal(isBarred('SYS_RESOURCE', status), true);
    assert.equal(isBarred('NET_ADMIN', status), false);
    assert.equal(isBarred('NET_ADMIN', 'CapBnd:\t0000000000000000\n'), true);
  });

  it('are not barred where nothing is known', () => {
    assert.equal(isBarred('SYS_RESOURCE', ''), false);
  });
});

describe('the limit of inotify instances', () => {
  /** @type {string} */
  let folder;
  /** @type {string} */
  let file;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-inotify-'));
    file = join(folder, 'max_user_instances');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is raised where it is low', () => {
    writeFileSync(file, '128\n');
    assert.match(
      raiseInotifyInstances(file) ?? '',
      /^raised fs.inotify.max_user_instances from 128 to 1024 /,
    );
    assert.equal(inotifyInstances(file), 1024);
  });

  it('is never lowered', () => {
    writeFileSync(file, '8192\n');
    assert.equal(raiseInotifyInstances(file), undefined);
    assert.equal(readFileSync(file, 'utf8'), '8192\n');
  });

  it('is left alone where there is none', () => {
    raiseInotifyInstances(file);
    assert.equal(inotifyInstances(file), undefined);
  });
});
