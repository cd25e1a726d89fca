import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Descriptor, Manifest } from './registry.ts';

/** A registry of the OCI distribution specification in memory, for tests of what a real one does seldom. */
export interface RegistryStandIn extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly name: string;
  /** By repository and digest or tag: `netproof/kind@sha256:…`, `netproof/kind:KEY`. */
  readonly content: Map<string, Buffer>;
  /** Method and path of every request. */
  readonly asked: string[];
  /** Answers instead of it where it returns true. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export async function registryStandIn(): Promise<RegistryStandIn> {
  const content = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const { method, url = '' } = request;
    it.asked.push(`${method} ${url}`);
    if (!it.instead(request, response)) void answer(request, response, content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const it: RegistryStandIn = {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    content,
    asked: [],
    instead: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return it;
}

async function answer(request: IncomingMessage, response: ServerResponse, content: Map<string, Buffer>) {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
  const [, repository, kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.*)$/.exec(pathname) ?? [];
  const body = await buffer(request);
  const end = (status: number, headers = {}, bytes?: Buffer) =>
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : bytes);
  if (pathname === '/v2/') return end(200);
  if (request.method === 'POST') return end(202, { location: `/v2/${repository}/blobs/uploads/1?state=x` });
  if (request.method === 'PUT') {
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    if (kind === 'blobs' && searchParams.get('digest') !== digest) return end(400);
    if (kind === 'manifests') {
      const { config, layers } = JSON.parse(String(body)) as Manifest;
      const lacks = (one: Descriptor) => !content.has(`${repository}@${one.digest}`);
      if ([config, ...layers].some(lacks)) return end(400);
    }
    content.set(`${repository}@${digest}`, body);
    if (kind === 'manifests') content.set(`${repository}:${reference}`, body);
    return end(201);
  }
  const separator = reference.startsWith('sha256:') ? '@' : ':';
  const bytes = content.get(`${repository}${separator}${reference}`);
  return bytes ? end(200, { 'content-length': bytes.length }, bytes) : end(404);
}
