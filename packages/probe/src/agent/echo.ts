import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Ask, Outcome } from './wire.ts';

/** What ping(8) of iputils sends by itself, in bytes. */
const usual = 56;
/** So often a packet is made smaller in one attempt: a path has few links with an MTU less than the one before. */
const smallerAtMost = 4;

/** What ping said: an outcome, or the MTU (in bytes) that it was told its packet is larger than. */
type Said = Outcome | { readonly kind: 'too-large'; readonly mtu: number };

/**
 * Sends one echo (RFC 792) through the image's ping: Node has no socket for it. One that may not be fragmented begins
 * with the MTU of the interface, and heeds what it is told as a sender must (RFC 1191, 3); where nobody tells it, the
 * silence is a black hole.
 */
export function overIcmp(ask: Ask, report: (outcome: Outcome) => void): () => void {
  const headers = net.isIPv6(ask.address) ? 48 : 28;
  let giveUp = () => {};
  const send = (size: number, left: number) => {
    const fragments = ask.unfragmented ? 'do' : 'dont';
    const argv = ['-n', '-c', '1', '-W', '10', '-M', fragments, '-s', String(size), ask.address];
    giveUp = ping(argv, (said) => {
      if (said.kind !== 'too-large') return report(said);
      if (left > 0 && said.mtu - headers < size) return send(said.mtu - headers, left - 1);
      report({
        kind: 'error',
        reason: `told that ${size + headers} bytes are more than an MTU of ${said.mtu}`,
      });
    });
  };
  send(ask.unfragmented ? largestMtu() - headers : usual + (ask.padding ?? 0), smallerAtMost);
  return () => giveUp();
}

/** Reports once, as soon as there is something to report: after an error of its own a ping goes on for a second. */
function ping(argv: readonly string[], report: (said: Said) => void): () => void {
  const env = { ...process.env, LC_ALL: 'C' };
  const child = spawn('ping', argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let over = false;
  const giveUp = () => {
    over = true;
    child.kill('SIGKILL');
  };
  const end = (said: Said) => {
    if (over) return;
    giveUp();
    report(said);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      const said = readPing(text);
      if (said.kind !== 'silent' && said.kind !== 'error') end(said);
    });
  }
  child.on('error', (error: NodeJS.ErrnoException) => end({ kind: 'error', reason: `ping: ${error.code}` }));
  child.on('close', () => end(readPing(text)));
  return giveUp;
}

/** Reads the output of a ping of one packet, as iputils write it. */
export function readPing(text: string): Said {
  const from = /bytes from ([0-9a-f.:]+): icmp_seq=/.exec(text)?.[1];
  if (from !== undefined) return { kind: 'answered', server: from, client: '', local: '' };
  const mtu = /\bmtu ?= ?(\d+)/.exec(text)?.[1];
  if (mtu !== undefined) return { kind: 'too-large', mtu: Number(mtu) };
  if (noWay.test(text)) return { kind: 'unreachable' };
  if (/ 0 received,.* 100% packet loss/.test(text)) return { kind: 'silent' };
  return { kind: 'error', reason: text.trim().split('\n')[0] ?? '' };
}

/** Of a router, of the own kernel without a route, and of its rules; a prohibited address is taken for one of broadcast. */
const noWay =
  /Destination \w+ (Unreachable|Prohibited)|Packet filtered|Time to live exceeded|No route to host|Network is unreachable|Operation not permitted|Do you want to ping broadcast|connect: Invalid argument/;

/** Of the interfaces that lead to others. */
function largestMtu(): number {
  const names = Object.entries(networkInterfaces())
    .filter(([, addresses = []]) => addresses.some(({ internal }) => !internal))
    .map(([name]) => name);
  return Math.max(...names.map((name) => Number(readFileSync(`/sys/class/net/${name}/mtu`, 'utf8'))));
}
