import { once } from 'node:events';
import net from 'node:net';
import type { Endpoint } from '@netproof/core';
import { control } from '../agent/control.ts';
import type { Programs } from '../agent/programs.ts';
import { type Ask, type Attempt, ownServer } from '../agent/wire.ts';
import type { Open } from '../link.ts';
import { streamOver } from './stream-over.ts';

/*
 * Agents in great number, each on a node of its own: they speak as agents do, over streams as real ones, and probe
 * nothing. What they answer is known beforehand, so that whoever asks can be held against it.
 */

export function simulatedEndpoint(index: number): Endpoint {
  const ip = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  return { kind: 'pod', id: `x/${index}`, node: `node${index}`, ip, labels: {} };
}

/** Whether the first never gets an answer from the second: one pair of a thousand, strewn about. */
export function isBroken(source: Endpoint, target: Endpoint): boolean {
  return (indexOf(source.ip) * 7 + indexOf(target.ip) * 13) % 1_000 === 1;
}

function indexOf(ip: string): number {
  const [, high = 0, middle = 0, low = 0] = ip.split('.').map(Number);
  return (high << 16) + (middle << 8) + low;
}

/** Serves all of them at a unix socket. Who connects says whom it wants in the first line. */
export async function simulateAgents(socket: string): Promise<Disposable> {
  const listener = net.createServer((connection) => {
    connection.once('data', (data: Buffer) => {
      const end = data.indexOf('\n');
      connection.unshift(data.subarray(end + 1));
      const self = simulatedEndpoint(Number(data.subarray(0, end)));
      control(
        connection,
        { id: self.id, boot: self.id },
        programsOf(self),
        { longestSince: () => 0 },
        () => {},
      );
    });
  });
  listener.listen({ path: socket, backlog: 4_096 });
  await once(listener, 'listening');
  return { [Symbol.dispose]: () => listener.close() };
}

/** The way to them. */
export function toSimulated(path: string): Open {
  return async ({ ip }, onLine) => {
    const socket = net.connect(path);
    await once(socket, 'connect');
    const stream = streamOver(socket, onLine);
    stream.write(String(indexOf(ip)));
    return stream;
  };
}

function programsOf(self: Endpoint): Pick<Programs, 'run' | 'forget'> {
  return {
    run(id, program, _waited, say) {
      if (program.verb !== 'probe') return say({ type: 'failed', id, reason: `no ${program.verb} here` });
      const attempts = program.asks.map((ask) => attemptsOf(self, ask));
      say({ type: 'result', id, result: { asked: 0, began: 0, attempts, stalled: 0, overflowed: [0, 0] } });
    },
    forget() {},
  };
}

function attemptsOf(self: Endpoint, { address }: Ask): readonly Attempt[] {
  const target = address === ownServer ? self : simulatedEndpoint(indexOf(address));
  if (target.ip !== self.ip && isBroken(self, target)) {
    return Array.from({ length: 3 }, () => ({ kind: 'silent', ms: 900 }) as const);
  }
  return [{ kind: 'answered', server: target.id, client: self.ip, local: self.ip, ms: 0.412 }];
}
