import dgram from 'node:dgram';
import net from 'node:net';
import { answerTo, type Query } from './dns-message.ts';
import { outcomeOf } from './outcome.ts';
import { family } from './servers.ts';
import type { LookupOutcome, Nameserver } from './wire.ts';

export interface Windows {
  /** For a connection to open; see `bounds.silence`. */
  readonly silence: number;
  /** For the answer, once the question is on its way. */
  readonly answer: number;
}

/**
 * Asks once from a fresh source port. What is no answer to this question is passed over, as resolvers do
 * (RFC 5452, 9.1): who sends such a thing has still not answered.
 */
export function overUdp(
  query: Query,
  { address, port }: Nameserver,
  windows: Windows,
): Promise<LookupOutcome> {
  const { promise, resolve } = Promise.withResolvers<LookupOutcome>();
  const socket = dgram.createSocket(family(address));
  let over = false;
  const end = (outcome: LookupOutcome) => {
    if (over) return;
    over = true;
    clearTimeout(window);
    socket.close();
    resolve(outcome);
  };
  const failed = (error: NodeJS.ErrnoException | null | undefined) => {
    if (error) end(failure(error.code));
  };
  const window = closing(windows.answer, end);
  socket.on('message', (message) => {
    const answer = answerTo(query, message);
    if (answer !== undefined) end(answer);
  });
  socket.on('error', failed);
  // a connected socket hears of ICMP errors and takes datagrams from nobody else
  socket.connect(port, address, (error?: Error) => {
    failed(error);
    if (!over) socket.send(query.message, failed);
  });
  return promise;
}

/** The same over a connection of its own. */
export function overTcp(
  query: Query,
  { address, port }: Nameserver,
  windows: Windows,
): Promise<LookupOutcome> {
  const { promise, resolve } = Promise.withResolvers<LookupOutcome>();
  const socket = net.connect({ host: address, port });
  let heard = Buffer.alloc(0);
  let over = false;
  const end = (outcome: LookupOutcome) => {
    if (over) return;
    over = true;
    clearTimeout(window);
    // a reset leaves no TIME_WAIT behind; before the connection there is nothing to reset, and Node would wait
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
    resolve(outcome);
  };
  let window = closing(windows.silence, end);
  socket.on('connect', () => {
    clearTimeout(window);
    window = closing(windows.answer, end);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.message.length);
    socket.write(Buffer.concat([length, query.message]));
  });
  socket.on('data', (data) => {
    heard = Buffer.concat([heard, data]);
    while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE()) {
      const next = 2 + heard.readUInt16BE();
      const answer = answerTo(query, heard.subarray(2, next));
      if (answer !== undefined) return end(answer);
      heard = heard.subarray(next);
    }
  });
  socket.on('error', (error: NodeJS.ErrnoException) => end(failure(error.code)));
  socket.on('end', () => end({ kind: 'reset' }));
  return promise;
}

function closing(ms: number, end: (outcome: LookupOutcome) => void): NodeJS.Timeout {
  // what lies in the socket already when the window closes is still heard: timers come before I/O
  return setTimeout(() => setImmediate(() => end({ kind: 'silent' })), ms);
}

function failure(code: string | undefined): LookupOutcome {
  const outcome = outcomeOf(code);
  if (outcome.kind === 'answered') throw new TypeError('an errno is no answer');
  return outcome;
}
