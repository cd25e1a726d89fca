import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '@netproof/core';
import { type Agent, startAgent } from '../agent/agent.ts';
import type { Order } from '../agent/wire.ts';
import type { Open } from '../link.ts';
import type { Timing } from '../reach.ts';
import { streamOver } from './stream-over.ts';

/** Short bounds, so that the tests are. Same proportions as core's. */
export const quick: Timing = {
  silence: 500,
  nextAttempt: 100,
  trySilence: 900,
  tryPace: 20,
  keptPace: 20,
  keptSilence: 1_000,
  dnsAnswer: 500,
  starvation: 800,
  heartbeat: 150,
  streamSilence: 900,
  streamReturn: 2_500,
  agentAnswer: 5_000,
};

/** A port that is free on all loopback addresses as far as one can know. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Agents in this process, each at a loopback address of its own, reached over their real unix sockets. */
export class LocalAgents implements AsyncDisposable {
  readonly endpoints: readonly Endpoint[];
  readonly port: number;
  /** The controller's ends of the streams, newest last; destroy one to lose it. */
  readonly streams: net.Socket[] = [];
  /** While true no stream can be opened. */
  unreachable = false;
  readonly #orders = new EventEmitter();
  readonly #folder = mkdtempSync(join(tmpdir(), 'netproof-probe-'));
  readonly #agents = new Map<string, Agent>();
  readonly #ended = new Map<string, Promise<void>>();

  private constructor(port: number, ids: readonly string[]) {
    this.port = port;
    this.endpoints = ids.map((id, index) => ({
      kind: 'pod',
      id,
      node: `node${index}`,
      ip: `127.0.77.${index + 1}`,
      labels: {},
    }));
  }

  static async start(...ids: string[]): Promise<LocalAgents> {
    const agents = new LocalAgents(await freePort(), ids);
    await Promise.all(agents.endpoints.map((endpoint) => agents.startOne(endpoint)));
    return agents;
  }

  async startOne({ id, ip }: Endpoint): Promise<void> {
    const ended = Promise.withResolvers<void>();
    this.#ended.set(id, ended.promise);
    const end = () => {
      this.stopOne(id);
      ended.resolve();
    };
    const plan = { id, ports: [this.port], address: ip, socket: this.#socket(id), end };
    this.#agents.set(id, await startAgent(plan));
  }

  /** Resolves when it has ended as it was told to, by order or as its pod was deleted. */
  ended(id: string): Promise<void> | undefined {
    return this.#ended.get(id);
  }

  /** As a kubelet tells a container that its pod is deleted. */
  tellToEnd(id: string): void {
    this.#agents.get(id)?.told();
  }

  stopOne(id: string): void {
    this.#agents.get(id)?.close();
  }

  /** Its servers end, its control stream goes on. */
  deafen(id: string): void {
    this.#agents.get(id)?.stopServing();
  }

  at(index: number): Endpoint {
    const endpoint = this.endpoints[index];
    if (endpoint === undefined) throw new Error(`no agent ${index}`);
    return endpoint;
  }

  /** Resolves with the type when the controller next gives such an order. */
  async heard(type: Order['type']): Promise<string> {
    await once(this.#orders, type);
    return type;
  }

  readonly open: Open = async ({ id }, onLine) => {
    if (this.unreachable) throw new Error('nobody there');
    const socket = net.connect(this.#socket(id));
    await once(socket, 'connect');
    this.streams.push(socket);
    const stream = streamOver(socket, onLine);
    return {
      ...stream,
      write: (line) => {
        stream.write(line);
        this.#orders.emit(JSON.parse(line).type);
      },
    };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) agent.close();
    rmSync(this.#folder, { recursive: true });
  }

  #socket(id: string): string {
    return join(this.#folder, id.replace('/', '-'));
  }
}
