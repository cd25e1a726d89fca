import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import packet from 'dns-packet';

export interface DnsTarget extends Disposable {
  readonly nameserver: { readonly address: string; readonly port: number };
  /** Source ports of all questions, and their names. */
  readonly asked: readonly { readonly from: number; readonly name: string }[];
}

type Change = (answer: packet.Packet) => Partial<packet.Packet>;

/**
 * A nameserver over UDP and TCP that answers every question with these messages, one after the other: the right
 * answer, changed as told. The right answer is the address 10.96.0.9.
 */
export async function dnsTarget(changes: readonly Change[] = [() => ({})]): Promise<DnsTarget> {
  const address = '127.0.78.53';
  const asked: { from: number; name: string }[] = [];
  const answers = (message: Buffer, from: number): readonly packet.Packet[] => {
    const { id = 0, questions = [] } = packet.decode(message);
    const name = questions[0]?.name ?? '';
    asked.push({ from, name });
    const answers: packet.Answer[] = [{ type: 'A', name, ttl: 30, data: '10.96.0.9' }];
    const right: packet.Packet = { type: 'response', id, questions, answers };
    return changes.map((change) => ({ ...right, ...change(right) }));
  };

  const open = new Set<net.Socket>();
  const tcp = net.createServer((socket) => {
    open.add(socket.on('error', () => {}));
    socket.on('data', (data) => {
      const all = answers(data.subarray(2), socket.remotePort ?? 0);
      const bytes = Buffer.concat(all.map((answer) => packet.streamEncode(answer)));
      socket.write(bytes.subarray(0, 5));
      // the rest comes on its own, as a stream may
      setImmediate(() => socket.write(bytes.subarray(5)));
    });
  });
  tcp.listen({ host: address, port: 0 });
  await once(tcp, 'listening');
  const { port } = tcp.address() as net.AddressInfo;
  const udp = dgram.createSocket('udp4');
  udp.on('message', (message, from) => {
    for (const answer of answers(message, from.port))
      udp.send(packet.encode(answer), from.port, from.address);
  });
  udp.bind(port, address);
  await once(udp, 'listening');
  return {
    nameserver: { address, port },
    asked,
    [Symbol.dispose]: () => {
      udp.close();
      tcp.close();
      for (const socket of open) socket.destroy();
    },
  };
}
