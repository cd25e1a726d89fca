import assert from 'node:assert/strict';
import { blockOf } from './block.ts';
import { partsOf } from './parts.ts';

const parts = (cidr: string, ...dsts: string[]) =>
  partsOf(
    blockOf(cidr) ?? assert.fail(cidr),
    dsts.map((dst) => ({ dst })),
  );

describe('the parts of a block', () => {
  it('are one where no entry is inside of it', () => {
    for (const dst of ['default', '10.1.0.0/16', '10.1.2.0/24', '10.1.0.255', '10.1.1.0/24', 'fd00::/64'])
      assert.deepEqual(parts('10.1.1.0/24', dst), ['10.1.1.0'], dst);
  });

  it('begin where an entry does, and behind its end', () => {
    assert.deepEqual(parts('10.1.1.0/24', '10.1.1.64/26'), ['10.1.1.0', '10.1.1.64', '10.1.1.128']);
    assert.deepEqual(parts('10.1.1.0/24', '10.1.1.7'), ['10.1.1.0', '10.1.1.7', '10.1.1.8']);
    assert.deepEqual(parts('10.1.1.0/24', '10.1.1.0', '10.1.1.255'), ['10.1.1.0', '10.1.1.1', '10.1.1.255']);
  });

  it('are those of entries inside each other as well, each once and in their order', () => {
    assert.deepEqual(parts('10.1.1.0/24', '10.1.1.65', '10.1.1.64/26', '10.1.1.64', '10.1.1.128/25'), [
      '10.1.1.0',
      '10.1.1.64',
      '10.1.1.65',
      '10.1.1.66',
      '10.1.1.128',
    ]);
  });

  it('may be of IPv6', () => {
    assert.deepEqual(parts('fd00::/64', 'fd00::8/125', '10.1.1.0/24'), [
      'fd00:0:0:0:0:0:0:0',
      'fd00:0:0:0:0:0:0:8',
      'fd00:0:0:0:0:0:0:10',
    ]);
  });
});
