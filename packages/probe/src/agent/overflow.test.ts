import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { overflowed } from './overflow.ts';
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
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 }).bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const before = await overflowed();
    const { port } = socket.address();
    const asker = dgram.createSocket('udp4');
    // All of them are sent before our own event loop may read the first.
    const sent = Array.from(
      { length: 64 },
      () => new Promise((done) => asker.send('x'.repeat(1000), port, '127.0.0.1', done)),
    );
    await Promise.all(sent);
    assert((await overflowed()) > before);
    asker.close();
    socket.close();
  });
});
