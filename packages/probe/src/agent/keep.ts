import net from 'node:net';
import { Lines } from '@netproof/kube/lines';
import { answered, outcomeOf } from './outcome.ts';
import type { Ask, KeepProgram, KeepResult, KeptConnection, Outcome } from './wire.ts';

/** One that is kept. */
interface Connection {
  /** Asks for the last time and closes it when the answer has come or is given up: what came of it. */
  end(): Promise<KeptConnection>;
}

/**
 * Opens a connection to each address and uses each at a pace, until it is let go or for as long as is allowed; what was
 * lost at the very end is seen by a last question. One that breaks, or on which an answer stays out, is not opened again.
 */
export async function keep(program: KeepProgram, letGo: Promise<void>): Promise<KeepResult> {
  const { asks, every, silence, atMost } = program;
  const connections = asks.map((ask) => open(ask, every, silence));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, atMost);
  await Promise.race([letGo, late.promise]);
  clearTimeout(timer);
  return { connections: await Promise.all(connections.map((connection) => connection.end())) };
}

function open({ address, port }: Ask, every: number, silence: number): Connection {
  const socket = net.connect({ host: address, port });
  let asked: { readonly nonce: string; readonly at: number } | undefined;
  let count = 0;
  let own: KeptConnection = { outcome: { kind: 'silent' }, exchanges: 0, longest: 0 };
  let last = false;
  let over = false;
  const closed = Promise.withResolvers<KeptConnection>();
  const close = () => {
    over = true;
    clearInterval(pace);
    clearTimeout(patience);
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
    closed.resolve(own);
  };
  const lose = (outcome: Outcome) => {
    if (over) return;
    own = { ...own, outcome };
    close();
  };
  const ask = () => {
    // The one before is still waited for.
    if (asked !== undefined) return;
    count += 1;
    asked = { nonce: `kept-${count}`, at: performance.now() };
    socket.write(`${asked.nonce}\n`);
    // what lies in the socket already when the window closes is still heard: timers come before I/O
    patience = setTimeout(() => setImmediate(giveUp), silence);
  };
  const giveUp = () => {
    if (asked === undefined) return;
    own = { ...own, lost: { from: asked.at, to: performance.now() } };
    lose({ kind: 'silent' });
  };
  const hear = (line: string) => {
    if (asked === undefined || over) return;
    clearTimeout(patience);
    own = {
      outcome: answered(line, asked.nonce, socket.localAddress ?? ''),
      exchanges: own.exchanges + 1,
      longest: Math.max(own.longest, performance.now() - asked.at),
    };
    asked = undefined;
    if (last) close();
  };
  const lines = new Lines(hear);
  let patience: NodeJS.Timeout | undefined;
  const pace = setInterval(ask, every);
  socket.on('data', (data) => lines.push(data));
  socket.on('error', (error: NodeJS.ErrnoException) => lose(outcomeOf(error.code)));
  socket.on('end', () => lose({ kind: 'reset' }));
  ask();
  return {
    end() {
      last = true;
      clearInterval(pace);
      // One that is under way is the last one.
      if (!over) ask();
      return closed.promise;
    },
  };
}
