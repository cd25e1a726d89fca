import dgram from 'node:dgram';
import net from 'node:net';
import { overIcmp } from './echo.ts';
import { answered, outcomeOf } from './outcome.ts';
import { family } from './servers.ts';
import { nextSourcePort } from './source-port.ts';
import type { Ask, Outcome } from './wire.ts';

/** Gives an attempt up: nothing is reported any more and its socket is gone. */
export type GiveUp = () => void;

const lifetime = Math.random().toString(36).slice(2);
let count = 0;

/** Asks once, from a fresh source port unless one is chosen, and reports the outcome once, unless it is given up before. */
export function attempt(ask: Ask, report: (outcome: Outcome) => void): GiveUp {
  if (ask.protocol === 'ICMP') return overIcmp(ask, report);
  count += 1;
  const nonce = `${lifetime}-${count}${'.'.repeat(ask.padding ?? 0)}`;
  return ask.protocol === 'TCP' ? overTcp(ask, nonce, report) : overUdp(ask, nonce, report);
}

function overTcp(ask: Ask, nonce: string, report: (outcome: Outcome) => void): GiveUp {
  const { address, port, sourcePort } = ask;
  const socket = net.connect({ host: address, port, ...(sourcePort && { localPort: sourcePort }) });
  let heard = '';
  let over = false;
  const close = () => {
    over = true;
    // a reset leaves no TIME_WAIT behind; before the connection there is nothing to reset, and Node would wait
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  };
  const end = (outcome: Outcome) => {
    if (over) return;
    close();
    report(outcome);
  };
  const hear = (text: string) => end(answered(text, nonce, socket.localAddress ?? ''));
  socket.write(`${nonce}\n`);
  socket.on('data', (data) => {
    heard += data.toString();
    const lineEnd = heard.indexOf('\n');
    if (lineEnd >= 0) hear(heard.slice(0, lineEnd));
  });
  socket.on('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code)));
  socket.on('end', () => (heard === '' ? end({ kind: 'reset' }) : hear(heard)));
  return () => {
    if (!over) close();
  };
}

function overUdp(ask: Ask, nonce: string, report: (outcome: Outcome) => void): GiveUp {
  const { address, port, sourcePort } = ask;
  // from one that is chosen several addresses may be asked at once, as they may over TCP
  const socket = dgram.createSocket({ type: family(address), reuseAddr: sourcePort !== undefined });
  let over = false;
  /** The same question from the next port, where somebody else has this one. */
  let instead: GiveUp | undefined;
  const close = () => {
    over = true;
    socket.close();
  };
  const end = (outcome: Outcome) => {
    if (over) return;
    close();
    report(outcome);
  };
  const failed = (error: NodeJS.ErrnoException | null | undefined) => {
    if (error) end(outcomeOf(error.code));
  };
  socket.on('message', (message) => end(answered(message.toString(), nonce, socket.address().address)));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || sourcePort !== undefined || over) return failed(error);
    close();
    instead = overUdp(ask, nonce, report);
  });
  socket.bind(sourcePort ?? nextSourcePort());
  // a connected socket hears of ICMP errors and takes datagrams from nobody else
  socket.connect(port, address, (error?: Error) => {
    failed(error);
    if (!over) socket.send(`${nonce}\n`, failed);
  });
  return () => {
    if (!over) close();
    instead?.();
  };
}
