import assert from 'node:assert/strict';
import { addressOf, blockOf, endsOf, isInside, overlap } from './block.ts';

const block = (text: string) => {
  const found = text.includes('/') ? blockOf(text) : addressOf(text);
  assert(found, text);
  return found;
};

describe('a block of addresses', () => {
  it('has ends, whatever address of it is named', () => {
    assert.deepEqual(endsOf(block('10.1.2.0/24')), ['10.1.2.0', '10.1.2.255']);
    assert.deepEqual(endsOf(block('10.1.2.7/23')), ['10.1.2.0', '10.1.3.255']);
    assert.deepEqual(endsOf(block('fd00:1::/64')), ['fd00:1:0:0:0:0:0:0', 'fd00:1:0:0:ffff:ffff:ffff:ffff']);
    assert.deepEqual(endsOf(block('::ffff:10.1.2.3')), ['0:0:0:0:0:ffff:a01:203', '0:0:0:0:0:ffff:a01:203']);
  });

  it('may be all addresses or one', () => {
    assert.deepEqual(endsOf(block('10.1.2.3/0')), ['0.0.0.0', '255.255.255.255']);
    assert.deepEqual(block('10.1.2.3/32'), block('10.1.2.3'));
  });

  it('is none where the text is not one', () => {
    for (const text of [
      '',
      '10.1.2.0',
      '10.1.2.0/33',
      '10.1.2/24',
      '10.1.2.0/x',
      'fd00::/129',
      '10.1.2.0/-1',
    ])
      assert.equal(blockOf(text), undefined, text);
    assert.equal(addressOf('10.1.2.0/24'), undefined);
  });

  it('overlaps its neighbours by a single address, and is inside itself', () => {
    const one = block('10.1.2.0/24');
    assert(overlap(one, block('10.1.2.255')) && overlap(block('10.1.0.0/16'), one));
    assert(!overlap(one, block('10.1.3.0/24')) && !overlap(one, block('10.1.1.255')));
    assert(isInside(one, one) && isInside(one, block('10.1.0.0/16')) && !isInside(block('10.1.0.0/16'), one));
  });

  it('shares nothing with one of the other family', () => {
    const every = block('0.0.0.0/0');
    assert(!overlap(every, block('::/0')) && !isInside(every, block('::/0')));
  });
});
