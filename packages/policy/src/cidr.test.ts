import assert from 'node:assert/strict';
import { cidrAround, inBlock, inCidr } from './cidr.ts';

describe('a block', () => {
  it('holds its first and its last address, and not those beside it', () => {
    assert(inCidr('10.1.0.0', '10.1.0.0/16') && inCidr('10.1.255.255', '10.1.0.0/16'));
    assert(!inCidr('10.0.255.255', '10.1.0.0/16') && !inCidr('10.2.0.0', '10.1.0.0/16'));
    assert(inCidr('2001:db8::', '2001:db8::/33') && inCidr('2001:db8:7fff:ffff::1', '2001:db8::/33'));
    assert(!inCidr('2001:db8:8000::', '2001:db8::/33'));
  });

  it('holds everything of its family where the prefix is 0, one address where it is whole', () => {
    assert(inCidr('255.255.255.255', '0.0.0.0/0') && inCidr('ffff::', '::/0'));
    assert(inCidr('10.1.0.7', '10.1.0.7/32') && !inCidr('10.1.0.6', '10.1.0.7/32'));
  });

  it('holds nothing of the other family, and knows an IPv4 address that is written as IPv6', () => {
    assert(!inCidr('10.1.0.7', '::/0') && !inCidr('fd00::1', '0.0.0.0/0'));
    assert(inCidr('::ffff:10.1.0.7', '10.0.0.0/8') && !inCidr('::ffff:10.1.0.7', '::/0'));
  });

  it('has exceptions', () => {
    const block = { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] };
    assert(inBlock('10.3.0.1', block));
    assert(!inBlock('10.1.0.1', block) && !inBlock('10.2.0.1', block) && !inBlock('11.0.0.1', block));
  });

  it('is found around an address', () => {
    assert.equal(cidrAround('10.1.2.3', 12), '10.0.0.0/12');
    assert.equal(cidrAround('2001:db8::1', 64), '2001:db8::/64');
  });
});
