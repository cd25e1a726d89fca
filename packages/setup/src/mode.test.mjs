// @ts-check
import assert from 'node:assert/strict';
import { parseMode } from './mode.mjs';

describe('the mode', () => {
  it('is the first word; the rest belongs to it', () => {
    assert.deepEqual(parseMode(['netproof', 'run', '--cni', 'bridge', '--keep']), {
      mode: 'netproof',
      args: ['run', '--cni', 'bridge', '--keep'],
    });
    assert.deepEqual(parseMode(['check']), { mode: 'check', args: [] });
  });

  it('does not hand on the first double dash, which pnpm leaves in', () => {
    assert.deepEqual(parseMode(['netproof', 'run', '--', '--keep', '--', 'x']).args, [
      'run',
      '--keep',
      '--',
      'x',
    ]);
  });

  it('must be known', () => {
    const usage = { code: 'USAGE', exit: 2 };
    assert.throws(() => parseMode(['tests']), { ...usage, message: 'there is no mode "tests"' });
    assert.throws(() => parseMode([]), { ...usage, message: 'no mode given' });
    assert.throws(() => parseMode(['constructor']), usage);
  });
});
