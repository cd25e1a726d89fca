import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { exitCode, explain, NetproofError } from '@netproof/core';
import type { Place } from './mirror.ts';

/** A registry that is there answers within this, in milliseconds: DNS, TCP, TLS and a manifest, on a slow line. */
const answerBound = 8_000;
/**
 * How long a registry may take to take a piece of what it is sent, or to answer to all of it, in milliseconds: it has to
 * store it first. Less than the 300 s after which Node's fetch itself gives up waiting for an answer. How long sending
 * takes altogether has no bound: a slow line is not a missing registry.
 */
export const storeBound = 280_000;

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** What of an OCI manifest is read here. */
export interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Bytes by their digest, as OCI names them. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

interface Ask extends Omit<RequestInit, 'body'> {
  /** Made anew for each attempt, as a stream is read once; `onPiece` is called with each piece that is sent. */
  readonly body?: (onPiece: () => void) => NonNullable<RequestInit['body']>;
}

interface Found {
  readonly manifest: Manifest;
  readonly digest: string;
}

export const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * A registry, asked by the API of the OCI distribution specification. It knows no credentials; a token that
 * anybody gets (as of ghcr.io) it fetches.
 *
 * All methods reject with `REGISTRY_SILENT` when it does not answer and `REGISTRY_REFUSED` when it answers
 * otherwise than it should, both exit 3, with what was asked for and the hint that it was made with.
 */
export class Registry {
  readonly place: Place;
  readonly #hint: string;
  readonly #signal: AbortSignal;
  readonly #tokens = new Map<string, string>();

  constructor(place: Place, options: { readonly hint: string; readonly signal: AbortSignal }) {
    this.place = place;
    this.#hint = options.hint;
    this.#signal = options.signal;
  }

  /** Sees that a registry answers, whatever it has. */
  async answers(): Promise<void> {
    const { status } = await this.#ask('', 'whether it is a registry');
    if (status !== 200 && status !== 401) throw this.#refused('whether it is a registry', status);
  }

  /** @param reference a tag or a digest, which the content then must have. Undefined where there is none. */
  async manifest(repository: string, reference: string): Promise<Found | undefined> {
    const what = `for ${repository}:${reference}`;
    const path = `${repository}/manifests/${reference}`;
    const response = await this.#ask(path, what, { headers: { accept: manifestType } });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw this.#refused(what, response.status);
    const bytes = Buffer.from(await this.#read(response.arrayBuffer(), what));
    const digest = digestOf(bytes);
    if (reference.startsWith('sha256:') && digest !== reference) {
      throw wrongDigest(`${this.place.name}/${repository}@${reference}`, digest);
    }
    return { manifest: this.#parsed(bytes, what), digest };
  }

  /** Its bytes as they come; who reads them compares their digest. */
  async blob(repository: string, digest: string): Promise<Readable> {
    const what = `for ${repository}@${digest}`;
    const response = await this.#ask(`${repository}/blobs/${digest}`, what);
    if (response.status !== 200 || !response.body) throw this.#refused(what, response.status);
    return Readable.fromWeb(response.body as ReadableStream);
  }

  /** Sends a file unless the registry has its content already. Only what is sent whole counts there. */
  async pushBlob(repository: string, digest: string, file: string): Promise<void> {
    const what = `to take ${repository}@${digest}`;
    const there = await this.#ask(`${repository}/blobs/${digest}`, what, { method: 'HEAD' });
    if (there.status === 200) return;
    const begun = await this.#ask(`${repository}/blobs/uploads/`, what, { method: 'POST' });
    const location = begun.headers.get('location');
    if (begun.status !== 202 || location === null) throw this.#refused(what, begun.status);
    const to = new URL(location, this.place.origin);
    to.searchParams.set('digest', digest);
    const { size } = await stat(file);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': `${size}` };
    const body = (onPiece: () => void) => pieces(file, onPiece);
    const sent = await this.#ask(to, what, { method: 'PUT', headers, body }, storeBound);
    if (sent.status !== 201) throw this.#refused(what, sent.status);
  }

  /** Names what was pushed before; the name is there at once or not at all. */
  async pushManifest(repository: string, tag: string, manifest: Buffer): Promise<void> {
    const what = `to take ${repository}:${tag}`;
    const headers = { 'content-type': manifestType };
    const sent = await this.#ask(`${repository}/manifests/${tag}`, what, {
      method: 'PUT',
      headers,
      body: () => new Uint8Array(manifest),
    });
    if (sent.status !== 201) throw this.#refused(what, sent.status);
  }

  /** A page that some proxy answers with is no manifest. */
  #parsed(bytes: Buffer, what: string): Manifest {
    try {
      const manifest = JSON.parse(bytes.toString()) as Partial<Manifest>;
      if (manifest.config && manifest.layers) return manifest as Manifest;
    } catch {
      // As a manifest without layers.
    }
    throw this.#refused(what, 200, 'with what is no OCI manifest');
  }

  async #ask(to: string | URL, what: string, init: Ask = {}, bound = answerBound): Promise<Response> {
    const { origin, prefix } = this.place;
    const url = typeof to === 'string' ? `${origin}/v2/${to === '' ? '' : prefix}${to}` : to;
    const repository = typeof to === 'string' ? to.replace(/\/(manifests|blobs)\/.*$/, '') : what;
    const first = await this.#fetch(url, what, init, bound, this.#tokens.get(repository));
    if (first.status !== 401) return first;
    const token = await this.#token(first.headers.get('www-authenticate') ?? '', what);
    if (token === undefined) return first;
    await first.body?.cancel();
    this.#tokens.set(repository, token);
    return this.#fetch(url, what, init, bound, token);
  }

  async #fetch(
    url: string | URL,
    what: string,
    { body, ...init }: Ask,
    bound: number,
    token: string | undefined,
  ): Promise<Response> {
    // The bound is one for the answer's first line, after the last piece of what is sent.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${bound / 1000} s`)), bound);
    const headers = { ...init.headers, ...(token && { authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.any([this.#signal, late.signal]);
    try {
      const sent = body && { body: body(() => timer.refresh()), duplex: 'half' as const };
      return await this.#read(fetch(url, { ...init, ...sent, headers, signal }), what);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A token for anybody, as the challenge describes it. */
  async #token(challenge: string, what: string): Promise<string | undefined> {
    const facts = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    const realm = facts.get('realm');
    if (!/^Bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    for (const key of ['service', 'scope']) url.searchParams.set(key, facts.get(key) ?? '');
    const response = await this.#fetch(url, what, {}, answerBound, undefined);
    if (response.status !== 200) return undefined;
    const answer = (await this.#read(response.json(), what)) as { token?: string; access_token?: string };
    return answer.token ?? answer.access_token;
  }

  async #read<T>(answer: Promise<T>, what: string): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw this.broken(what, cause);
    }
  }

  /** The error of a registry that stopped to answer. */
  broken(what: string, cause: unknown): NetproofError {
    return new NetproofError(`${this.place.name}, asked ${what}, did not answer: ${explain(cause)}`, {
      code: 'REGISTRY_SILENT',
      exit: exitCode.environment,
      hint: this.#hint,
    });
  }

  #refused(what: string, status: number, more = ''): NetproofError {
    const { hint, why } = [401, 403].includes(status)
      ? { why: 'wants credentials, and netproof knows none', hint: howToCopy }
      : { why: `answered ${status} ${more}`.trimEnd(), hint: this.#hint };
    return new NetproofError(`${this.place.name}, asked ${what}, ${why}`, {
      code: 'REGISTRY_REFUSED',
      exit: exitCode.environment,
      hint,
    });
  }
}

/** A file as it is sent. */
async function* pieces(file: string, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(file)) {
    onPiece();
    yield piece as Uint8Array;
  }
}

const howToCopy =
  'copy between it and a registry on loopback with a tool that knows yours: skopeo sync, crane copy, oras copy';

export function wrongDigest(what: string, found: string): NetproofError {
  return new NetproofError(`${what} has other content: its digest is ${found}`, {
    code: 'WRONG_DIGEST',
    exit: exitCode.environment,
    hint: 'it was damaged on its way, or changed: do not use it before you know why',
  });
}
