import assert from 'node:assert/strict';
import { hostPort } from '@netproof/core';
import { nextSourcePort } from './source-port.ts';

describe('source ports of UDP', () => {
  it('come one after the other, each once before any comes again, without the hostPort of probes', () => {
    const first = nextSourcePort();
    const seen = new Set([first]);
    for (let port = nextSourcePort(); port !== first; port = nextSourcePort()) {
      assert.ok(!seen.has(port));
      seen.add(port);
    }
    assert.equal(seen.size, 16_999);
    assert.ok(!seen.has(hostPort));
    assert.ok(Math.min(...seen) >= 12_000 && Math.max(...seen) < 30_000);
  });
});
