import type net from 'node:net';
import type { CommandStream } from '@netproof/kube';
import { Lines } from '@netproof/kube/lines';

/** A socket that is connected to an agent, as the controller has its streams. */
export function streamOver(socket: net.Socket, onLine: (line: string) => void): CommandStream {
  const lines = new Lines(onLine);
  socket.on('data', (data) => lines.push(data));
  const closed = new Promise<{ reason: string }>((resolve) => {
    socket.on('error', () => {});
    socket.on('close', () => resolve({ reason: 'socket closed' }));
  });
  return {
    write: (line) => {
      if (!socket.destroyed) socket.write(`${line}\n`);
    },
    closed,
    close: () => socket.destroy(),
  };
}
