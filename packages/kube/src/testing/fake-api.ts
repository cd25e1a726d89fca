import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export type Reply =
  | { readonly status?: number; readonly json: unknown }
  /** A watch: events are written by the test; the response ends when it says so. */
  | { readonly watch: (write: (type: string, object: unknown) => void, end: () => void) => void }
  /** No answer at all. */
  | 'nothing';

/** What a test's server does with one command: frames go by channel number. */
export type FakeCommand = (
  command: {
    send(channel: number, text: string | Buffer): void;
    /** Ends the connection with a close frame. */
    close(): void;
    /** Cuts it. */
    cut(): void;
    onStdin(listener: (text: string) => void): void;
  },
  argv: readonly string[],
) => void;

const resources = {
  '/api/v1': [
    'Namespace:namespaces',
    'Node:nodes',
    'Pod:pods:n',
    'Service:services:n',
    'Event:events:n',
    'ConfigMap:configmaps:n',
    'ServiceAccount:serviceaccounts:n',
  ],
  '/apis/apps/v1': ['DaemonSet:daemonsets:n', 'Deployment:deployments:n'],
  '/apis/discovery.k8s.io/v1': ['EndpointSlice:endpointslices:n'],
  '/apis/coordination.k8s.io/v1': ['Lease:leases:n'],
  '/apis/networking.k8s.io/v1': ['NetworkPolicy:networkpolicies:n'],
  '/apis/authorization.k8s.io/v1': ['SelfSubjectAccessReview:selfsubjectaccessreviews'],
};

/** An API server that answers as a test tells it, with a kubeconfig file for it. */
export class FakeApi implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  reply: (request: FakeRequest) => Reply = () => ({ status: 404, json: { message: 'not found' } });
  command: FakeCommand | 'refuse' | 'ignore' = 'refuse';
  readonly #server: http.Server;
  readonly #folder = mkdtempSync(join(tmpdir(), 'netproof-kube-'));
  readonly #sockets = new Set<Duplex>();

  private constructor() {
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server.on('upgrade', (request, socket) => this.#upgrade(request, socket));
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    const { port } = api.#server.address() as AddressInfo;
    writeFileSync(
      api.kubeconfig,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [
          { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
        ],
        users: [{ name: 'u', user: {} }],
      }),
    );
    return api;
  }

  get kubeconfig(): string {
    return join(this.#folder, 'kubeconfig');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.#folder, { recursive: true });
  }

  async #answer(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(message.url ?? '', 'http://fake');
    const request = { method: message.method ?? '', path, query, body: await text(message) };
    const known = builtIn(path);
    if (known === undefined) this.requests.push(request);
    const reply = known ?? this.reply(request);
    if (reply === 'nothing') return;
    if ('json' in reply) {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply.json));
      return;
    }
    response.writeHead(200).flushHeaders();
    const write = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
    reply.watch(write, () => response.end());
  }

  #upgrade(request: http.IncomingMessage, socket: Duplex): void {
    if (this.command === 'ignore') return;
    if (this.command === 'refuse') return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n`,
    );
    const argv = new URL(request.url ?? '', 'http://fake').searchParams.getAll('command');
    let listener = (_text: string) => {};
    socket.on('error', () => {});
    socket.on('data', (frame) => {
      if ((frame[0] & 0x0f) === 2) listener(unmask(frame).subarray(1).toString());
    });
    this.command(
      {
        send: (channel, data) =>
          socket.write(frameOf(2, Buffer.concat([Buffer.of(channel), Buffer.from(data)]))),
        close: () => socket.end(frameOf(8, Buffer.of(0x03, 0xe8))),
        cut: () => socket.destroy(),
        onStdin: (heard) => {
          listener = heard;
        },
      },
      argv,
    );
  }
}

function builtIn(path: string): Reply | undefined {
  if (path === '/version') return { json: { gitVersion: 'v1.36.3' } };
  const known = Object.entries(resources).find(([prefix]) => prefix === path)?.[1];
  if (known === undefined) return undefined;
  return {
    json: {
      resources: known.map((line) => {
        const [kind, name, namespaced] = line.split(':');
        return { kind, name, namespaced: namespaced === 'n' };
      }),
    },
  };
}

/** One short WebSocket frame (RFC 6455, 5.2), unmasked as a server sends it. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new Error('the fake sends short frames only');
  return Buffer.concat([Buffer.of(0x80 | opcode, payload.length), payload]);
}

/** The payload of one short masked frame, as a client sends it. */
function unmask(frame: Buffer): Buffer {
  const mask = frame.subarray(2, 6);
  return Buffer.from(frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}
