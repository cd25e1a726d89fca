import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { Lines } from '@netproof/kube/lines';
import { httpServer } from './http.ts';

/** The answer of a server: the question's nonce, who answers and where it was asked, and the asker's address as seen from here. */
export interface Answer {
  readonly nonce: string;
  readonly id: string;
  readonly port: number;
  readonly client: string;
}

/** A connection over which nothing comes for this long is somebody who went away without a word. */
const abandoned = 30_000;

/** Connections that may wait to be taken; the kernel bounds it by net.core.somaxconn. */
const backlog = 4096;

export interface ServerPlan {
  readonly id: string;
  readonly ports: readonly number[];
  /** Where it also answers HTTP, for load. */
  readonly httpPort?: number;
  /** All addresses of the machine without it. */
  readonly address?: string;
  /**
   * Addresses with a UDP socket of their own: what is asked there is answered from there. A socket for all
   * addresses answers from the one that the way back begins with, which on a node is often another.
   */
  readonly answeringFrom?: readonly string[];
}

/** Answers on TCP and UDP until closed. Rejects when a port is taken. */
export async function serve(plan: ServerPlan): Promise<{ close(): void }> {
  const open: { close(): unknown }[] = [];
  const close = () => {
    for (const one of open) one.close();
  };
  const listening = async (one: net.Server | dgram.Socket) => {
    open.push(one);
    await once(one, 'listening');
  };
  try {
    const { address = '0.0.0.0', answeringFrom = [] } = plan;
    await Promise.all([
      ...(plan.httpPort === undefined ? [] : [listening(web(plan, plan.httpPort))]),
      ...plan.ports.flatMap((port) => [
        listening(tcp(plan, port)),
        ...[address, ...answeringFrom].map((one) => listening(udp(plan, port, one))),
      ]),
    ]);
    // one socket per family, because a socket for both would show IPv4 askers as IPv6
    if (plan.address === undefined)
      await Promise.all(plan.ports.map((port) => listening(udp(plan, port, '::')).catch(unlessNoIPv6)));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function unlessNoIPv6(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EAFNOSUPPORT' && error.code !== 'EADDRNOTAVAIL') throw error;
}

function tcp({ id, address }: ServerPlan, port: number): net.Server {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}); // the asker ends with a reset
    socket.setTimeout(abandoned, () => socket.destroy());
    const { remoteAddress: client = '' } = socket;
    const lines = new Lines((nonce) => socket.write(`${answer({ nonce, id, port, client })}\n`));
    socket.on('data', (data) => lines.push(data));
  });
  return server.listen({ port, host: address, backlog });
}

function web({ id, address }: ServerPlan, port: number): net.Server {
  return httpServer(id).listen({ port, host: address, backlog });
}

/** Bytes for what waits to be read, as a burst of all clients does; the kernel bounds it by net.core.rmem_max, doubled. */
const room = 4 << 20;

function udp({ id }: ServerPlan, port: number, address: string): dgram.Socket {
  const type = family(address);
  // reuse, because one for all addresses and one for a single one stand side by side
  const socket = dgram.createSocket({
    type,
    ipv6Only: type === 'udp6',
    reuseAddr: true,
    recvBufferSize: room,
  });
  socket.on('message', (message, { address: client, port: clientPort }) => {
    const nonce = message.toString().trimEnd();
    socket.send(answer({ nonce, id, port, client }), clientPort, client, () => {});
  });
  return socket.bind({ port, address });
}

export function family(address: string): 'udp4' | 'udp6' {
  return net.isIPv6(address) ? 'udp6' : 'udp4';
}

function answer({ client, ...rest }: Answer): string {
  return JSON.stringify({ ...rest, client: client.replace(/^::ffff:(?=\d+\.)/, '') });
}
