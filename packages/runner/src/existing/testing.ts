import { randomUUID } from 'node:crypto';
import type { FakeApi, FakeRequest, Reply } from '@netproof/kube/testing';

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

type Watcher = {
  readonly path: string;
  readonly query: URLSearchParams;
  write(type: string, object: unknown): void;
};

interface Change {
  readonly version: number;
  readonly path: string;
  readonly type: string;
  readonly object: Stored;
}

/** The objects of a cluster, as its API keeps them: enough of it for namespaces, Leases and what is made in them. */
export class FakeCluster {
  /** By the path of each: `/api/v1/namespaces/netproof-x`. */
  readonly objects = new Map<string, Stored>();
  /** Why it would refuse an object that is only tried; undefined where it would not. */
  refuses: (object: Stored, path: string) => string | undefined = () => undefined;
  /** Rights that it denies, by their verb and resource: `list nodes`. */
  denied: readonly string[] = [];
  #version = 1;
  readonly #watchers = new Set<Watcher>();
  readonly #past: Change[] = [];

  constructor(api: FakeApi) {
    api.reply = (request) => this.#answer(request);
  }

  put(path: string, object: object): Stored {
    this.#version += 1;
    const { metadata = {} } = object as { metadata?: object };
    const name = path.split('/').at(-1);
    const stored = {
      ...object,
      metadata: { name, uid: randomUUID(), ...metadata, resourceVersion: String(this.#version) },
    } as Stored;
    const known = this.objects.has(path);
    this.objects.set(path, stored);
    this.#tell(path, known ? 'MODIFIED' : 'ADDED', stored);
    return stored;
  }

  /** With all that is in it, where it is a namespace. */
  drop(path: string): void {
    for (const [other, object] of this.objects) {
      const name = path.split('/').at(-1);
      if (
        other !== path &&
        !(path.startsWith('/api/v1/namespaces/') && other.includes(`/namespaces/${name}/`))
      )
        continue;
      this.objects.delete(other);
      this.#version += 1;
      this.#tell(other, 'DELETED', object);
    }
  }

  namespaces(): readonly string[] {
    return [...this.objects.keys()].flatMap(
      (path) => /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path)?.[1] ?? [],
    );
  }

  #answer({ method, path, query, body }: FakeRequest): Reply {
    const sent = body === '' ? undefined : JSON.parse(body);
    if (path.endsWith('/selfsubjectaccessreviews')) {
      const { verb, resource } = sent.spec.resourceAttributes;
      return { status: 201, json: { status: { allowed: !this.denied.includes(`${verb} ${resource}`) } } };
    }
    if (method === 'POST') return this.#create(path, sent, query);
    const object = this.objects.get(path);
    if (method === 'GET' && query.get('watch') === 'true') {
      return {
        watch: (write) => {
          const watcher = { path, query, write };
          this.#watchers.add(watcher);
          // What has changed since the list that it goes on from.
          for (const past of this.#past)
            if (past.version > Number(query.get('resourceVersion'))) show(watcher, past);
        },
      };
    }
    if (object === undefined) return isCollection(path) ? this.#list(path, query) : missing;
    if (method === 'DELETE') {
      const uid = sent?.preconditions?.uid;
      if (uid !== undefined && uid !== object.metadata.uid) return conflict;
      this.drop(path);
    }
    if (method === 'PATCH') {
      const { uid = object.metadata.uid, labels } = sent.metadata ?? {};
      if (uid !== object.metadata.uid) return conflict;
      const kept = Object.entries({ ...object.metadata.labels, ...labels }).filter(
        ([, value]) => value !== null,
      );
      const metadata = { ...object.metadata, labels: Object.fromEntries(kept) };
      const spec = { ...(object.spec as object | undefined), ...sent.spec };
      return { json: this.put(path, { ...object, spec, metadata }) };
    }
    return { json: object };
  }

  #list(path: string, query: URLSearchParams): Reply {
    const items = [...this.objects].flatMap(([own, one]) => (fits(path, query, own, one) ? [one] : []));
    return { json: { items, metadata: { resourceVersion: String(this.#version) } } };
  }

  #create(path: string, object: Stored, query: URLSearchParams): Reply {
    const own = `${path}/${object.metadata.name}`;
    if (query.get('dryRun') === 'All') {
      const message = this.refuses(object, own);
      return message === undefined ? { status: 201, json: object } : { status: 403, json: { message } };
    }
    if (this.objects.has(own)) return conflict;
    return { status: 201, json: this.put(own, object) };
  }

  #tell(path: string, type: string, object: Stored): void {
    const change = { version: this.#version, path, type, object };
    this.#past.push(change);
    for (const watcher of this.#watchers) show(watcher, change);
  }
}

function show(watcher: Watcher, { path, type, object }: Change): void {
  if (fits(watcher.path, watcher.query, path, object)) watcher.write(type, object);
}

const missing: Reply = { status: 404, json: { message: 'not found' } };
const conflict: Reply = { status: 409, json: { message: 'already exists, or another one' } };

const isCollection = (path: string): boolean => /\/(namespaces|leases|pods|nodes|daemonsets)$/.test(path);

/** Whether an object is of a collection, by its path and the selectors of a request. */
function fits(collection: string, query: URLSearchParams, path: string, { metadata }: Stored): boolean {
  const name = query.get('fieldSelector')?.replace('metadata.name=', '');
  const label = query.get('labelSelector');
  return (
    path.slice(0, path.lastIndexOf('/')) === collection &&
    (name === undefined || name === metadata.name) &&
    (label === null || label in (metadata.labels ?? {}))
  );
}
