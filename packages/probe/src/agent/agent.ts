import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import net from 'node:net';
import { control } from './control.ts';
import { Lapses } from './lapses.ts';
import { Programs } from './programs.ts';
import { type ServerPlan, serve } from './servers.ts';

export interface AgentPlan extends ServerPlan {
  /** Path of the unix socket for control streams. What an earlier process left there is removed. */
  readonly socket: string;
  /** Ends the process. Called on order, and when it was told to and nobody has a control stream to it any more. */
  readonly end: () => void;
}

export interface Agent {
  /** It was told to end: whoever waits for that hears of it. It goes on for as long as there is a control stream. */
  told(): void;
  /** Ends the servers alone; the agent can still be asked. */
  stopServing(): void;
  close(): void;
}

/** Starts the resident process' work: servers, and control streams over a unix socket. */
export async function startAgent(plan: AgentPlan): Promise<Agent> {
  // First: others may ask, and miss it, from when its servers listen.
  const lapses = new Lapses();
  const servers = await serve(plan);
  const ending = Promise.withResolvers<void>();
  const own = { address: plan.address ?? '127.0.0.1', ports: plan.ports };
  const programs = new Programs(lapses, own, ending.promise);
  const identity = { id: plan.id, boot: randomUUID() };
  const streams = new Set<net.Socket>();
  let told = false;
  const listener = net.createServer((socket) => {
    streams.add(socket);
    socket.on('close', () => {
      streams.delete(socket);
      if (told && streams.size === 0) plan.end();
    });
    control(socket, identity, programs, lapses.stalls, plan.end);
  });
  rmSync(plan.socket, { force: true });
  listener.listen(plan.socket);
  await once(listener, 'listening');
  let serving = true;
  const stopServing = () => {
    if (serving) servers.close();
    serving = false;
  };
  return {
    told: () => {
      told = true;
      ending.resolve();
      if (streams.size === 0) plan.end();
    },
    stopServing,
    close: () => {
      stopServing();
      lapses.stop();
      listener.close();
      for (const socket of streams) socket.destroy();
    },
  };
}
