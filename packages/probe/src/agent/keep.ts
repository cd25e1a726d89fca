import net from 'node:net';
import { Lines } from '@netproof/kube/lines';
import { answered, outcomeOf } from './outcome.ts';
import type { Ask, KeepProgram, KeepResult, Outcome } from './wire.ts';

/** What came of one connection, as far as it is known. */
interface Connection {
  outcome: Outcome;
  exchanges: number;
  longest: number;
  close(): void;
}

/**
 * Opens a connection to each address and uses each at a pace, until it is let go or for as long as is allowed. One that
 * breaks, or on which an answer stays out, is not opened again.
 */
export async function keep(program: KeepProgram, letGo: Promise<void>): Promise<KeepResult> {
  const { asks, every, silence, atMost } = program;
  const connections = asks.map((ask) => open(ask, every, silence));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, atMost);
  await Promise.race([letGo, late.promise]);
  clearTimeout(timer);
  for (const connection of connections) connection.close();
  return { connections: connections.map(({ close: _, ...rest }) => rest) };
}

function open({ address, port }: Ask, every: number, silence: number): Connection {
  const socket = net.connect({ host: address, port });
  let asked: { readonly nonce: string; readonly at: number } | undefined;
  let count = 0;
  let over = false;
  const close = () => {
    over = true;
    clearInterval(pace);
    clearTimeout(patience);
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  };
  const own: Connection = { outcome: { kind: 'silent' }, exchanges: 0, longest: 0, close };
  const end = (outcome: Outcome) => {
    if (over) return;
    own.outcome = outcome;
    close();
  };
  const ask = () => {
    // The one before is still waited for.
    if (asked !== undefined) return;
    count += 1;
    asked = { nonce: `kept-${count}`, at: performance.now() };
    socket.write(`${asked.nonce}\n`);
    // what lies in the socket already when the window closes is still heard: timers come before I/O
    patience = setTimeout(() => setImmediate(() => asked && end({ kind: 'silent' })), silence);
  };
  const hear = (line: string) => {
    if (asked === undefined || over) return;
    clearTimeout(patience);
    own.longest = Math.max(own.longest, performance.now() - asked.at);
    own.exchanges += 1;
    own.outcome = answered(line, asked.nonce, socket.localAddress ?? '');
    asked = undefined;
  };
  const lines = new Lines(hear);
  let patience: NodeJS.Timeout | undefined;
  const pace = setInterval(ask, every);
  socket.on('data', (data) => lines.push(data));
  socket.on('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code)));
  socket.on('end', () => end({ kind: 'reset' }));
  ask();
  return own;
}
