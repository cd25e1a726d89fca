// @ts-check
import assert from 'node:assert/strict';
import { nodeSuffices } from './node.mjs';
import { nodeMinimum, nodeVersion, pnpmVersion } from './pins.mjs';
import { atLeast, majorOf } from './version.mjs';

describe('versions', () => {
  it('compares numbers as numbers, the first that differs decides', () => {
    assert.ok(atLeast('24.12.0', '24.12.0'));
    assert.ok(atLeast('v24.100.0', '24.12.9'));
    assert.ok(atLeast('25.0.0', '24.12.0'));
    assert.ok(!atLeast('24.11.9', '24.12.0'));
    assert.ok(!atLeast('9.99.99', '24.12.0'));
  });

  it('takes a pre-release for older than its release', () => {
    assert.ok(!atLeast('24.12.0-rc.1', '24.12.0'));
    assert.ok(atLeast('24.12.0-rc.1', '24.12.0-rc.1'));
    assert.ok(atLeast('25.0.0-nightly20261121', '24.12.0'));
  });

  it('takes what is not a version for the oldest', () => {
    assert.ok(!atLeast('', '0.0.1'));
    assert.equal(majorOf('12.21.0\n'), 12);
  });

  it('pins a Node.js that suffices', () => {
    assert.ok(nodeSuffices(nodeVersion));
    assert.ok(nodeSuffices(nodeMinimum));
    assert.ok(!nodeSuffices('20.20.2'));
    assert.match(pnpmVersion(), /^\d+\.\d+\.\d+$/);
  });
});
