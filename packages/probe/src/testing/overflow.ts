import dgram from 'node:dgram';
import { once } from 'node:events';

/** Sends more datagrams than a socket has room for, all before our own event loop may read the first. */
export async function overflow(): Promise<void> {
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const asker = dgram.createSocket('udp4');
  const sent = Array.from(
    { length: 64 },
    () => new Promise((done) => asker.send('x'.repeat(1000), port, '127.0.0.1', done)),
  );
  await Promise.all(sent);
  asker.close();
  socket.close();
}
