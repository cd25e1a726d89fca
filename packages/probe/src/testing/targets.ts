import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

export interface LocalTarget extends Disposable {
  readonly address: string;
  readonly port: number;
  /** How many connections or datagrams have come. */
  readonly count: number;
}

/** A TCP server that treats each connection as it is told to. */
export async function tcpTarget(
  treat: (socket: net.Socket, count: number) => void,
  address = '127.0.78.1',
): Promise<LocalTarget> {
  let count = 0;
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    count += 1;
    open.add(socket.on('error', () => {}));
    treat(socket, count);
  });
  server.listen({ host: address, port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    address,
    port,
    get count() {
      return count;
    },
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** A UDP socket that treats each datagram as it is told to; by default it is silent. */
export async function udpTarget(
  treat: (reply: (text: string) => void, text: string, count: number, fromPort: number) => void = () => {},
  { address = '127.0.78.1', port = 0 } = {},
): Promise<LocalTarget> {
  let count = 0;
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, from) => {
    count += 1;
    const reply = (text: string) => socket.send(text, from.port, from.address);
    treat(reply, message.toString().trimEnd(), count, from.port);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return {
    address,
    port: socket.address().port,
    get count() {
      return count;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/**
 * A TCP address that answers no SYN: a process that listens with the shortest queue and is stopped before it
 * takes anything out, its queue filled.
 */
export async function deafTarget(address = '127.0.78.2'): Promise<LocalTarget> {
  const listen = `require('node:net').createServer().listen({ host: '${address}', port: 0, backlog: 1 },
    function () { console.log(this.address().port); })`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const port = Number(line);
  // Linux queues one connection more than the backlog says
  const fillers = [1, 2].map(() => net.connect({ host: address, port }));
  await Promise.all(fillers.map((socket) => once(socket, 'connect')));
  return {
    address,
    port,
    count: 0,
    [Symbol.dispose]: () => {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
