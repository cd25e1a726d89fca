import type net from 'node:net';
import { Lines } from '@netproof/kube/lines';
import type { Programs } from './programs.ts';
import type { Stalls } from './stalls.ts';
import type { Order, Report } from './wire.ts';

export interface Identity {
  readonly id: string;
  readonly boot: string;
}

/**
 * Serves one control stream: says who we are, takes orders, beats as often as it is asked to, and closes the
 * stream when nothing has come for the time that it is given. Programs go on without it.
 *
 * @param end what ends the process, on order
 */
export function control(
  socket: net.Socket,
  identity: Identity,
  programs: Pick<Programs, 'run' | 'forget'>,
  stalls: Pick<Stalls, 'longestSince'>,
  end: () => void,
): void {
  const say = (report: Report) => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(report)}\n`);
  };
  let beating: NodeJS.Timeout | undefined;
  let unheard = 0;
  let beaten = performance.now();
  const beat = () => {
    say({ type: 'beat', stalled: stalls.longestSince(beaten) });
    beaten = performance.now();
  };

  const obey = (order: Order) => {
    unheard = 0;
    switch (order.type) {
      case 'open':
        clearInterval(beating);
        beating = setInterval(() => {
          // ticks are counted, not time, so that our own standstill is not taken for the other side's
          unheard += 1;
          if (unheard * order.heartbeat >= order.silence) socket.destroy();
          else beat();
        }, order.heartbeat);
        return;
      case 'run':
        return programs.run(order.id, order.program, order.waited, say);
      case 'forget':
        return programs.forget(order.id);
      case 'beat':
        return;
      case 'end':
        return end();
    }
  };

  socket.on('error', () => {}); // its close follows
  socket.on('close', () => clearInterval(beating));
  const lines = new Lines((line) => {
    try {
      obey(JSON.parse(line));
    } catch {
      socket.destroy(); // not our controller
    }
  });
  socket.on('data', (data) => lines.push(data));
  say({ type: 'hello', ...identity });
}
