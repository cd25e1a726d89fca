import assert from 'node:assert/strict';
import { overflow } from '../testing/overflow.ts';
import { Overflows, overflowed } from './overflow.ts';
import { counterIn } from './snmp.ts';

describe('datagrams without room', () => {
  it('are read by the name of their column', () => {
    const snmp = [
      'Tcp: RtoAlgorithm RtoMin',
      'Tcp: 1 200',
      'Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors',
      'Udp: 14974 3 53 15004 51 0',
      'UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors',
      'UdpLite: 0 0 0 0 7 0',
    ].join('\n');
    assert.equal(counterIn(snmp, 'Udp', 'RcvbufErrors'), 51);
  });

  it('are counted by the kernel where nobody reads them', async () => {
    const before = overflowed();
    await overflow();
    assert.ok(overflowed() > before);
  });

  it('are counted from the last reading before, however late anybody asks', () => {
    let count = 3;
    const overflows = new Overflows(() => count);
    const start = performance.now();
    assert.deepEqual(overflows.since(start), [3, 3]);
    count = 8;
    assert.deepEqual(overflows.since(performance.now()), [3, 8]);
    assert.deepEqual(overflows.since(performance.now()), [8, 8]);
    assert.deepEqual(overflows.since(start), [3, 8]);
    assert.deepEqual(overflows.since(start - 60_000), [3, 8], 'before its time');
    overflows.stop();
  });

  it('are read without being asked for', async () => {
    let readings = 0;
    const read = Promise.withResolvers<void>();
    const overflows = new Overflows(() => {
      readings += 1;
      if (readings === 3) read.resolve();
      return 0;
    });
    await read.promise;
    overflows.stop();
  });
});
