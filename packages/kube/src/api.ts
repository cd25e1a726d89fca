import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  RequestContext,
  type V1APIResource,
} from '@kubernetes/client-node';
import { bounds, exitCode, NetproofError, type ObjectName } from '@netproof/core';
import { fieldManager } from './names.ts';
import type { Manifest, Selection } from './objects.ts';

/**
 * One KubeConfig for one cluster. client-node makes a new connection pool for every request; this one keeps
 * the first, so that a request costs no TLS handshake.
 */
export class ClusterConfig extends KubeConfig {
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }
}

/** The API answered with an HTTP status that is not a success. */
export class ApiRefusal extends NetproofError {
  readonly status: number;
  /** What the API server said alone. */
  readonly said: string;

  constructor(request: string, status: number, said: string) {
    super(`${request}: the API server answered ${status}: ${said}`, {
      code: 'API_REFUSED',
      exit: exitCode.environment,
      ...(status === 401 || status === 403
        ? { hint: 'netproof needs the rights of clusters/rbac.yaml, or those of cluster-admin' }
        : {}),
    });
    this.status = status;
    this.said = said;
  }
}

interface Request {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly contentType?: string;
}

/** What is made: some kinds, as a review of rights, have no name. */
export interface Created {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly namespace?: string };
}

/** A list as the API returns it. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string };
}

/**
 * The Kubernetes API in plain JSON. client-node's typed clients rename or drop fields of what they send
 * (`default` and `x-kubernetes-*` in a CustomResourceDefinition, whatever is newer than the client), so a
 * manifest would not arrive as it is written.
 */
export class Api {
  readonly #config: ClusterConfig;
  readonly #server: string;
  readonly #http = new IsomorphicFetchHttpLibrary();
  readonly #resources = new Map<string, Promise<readonly V1APIResource[]>>();

  constructor(config: ClusterConfig, server: string) {
    this.#config = config;
    this.#server = server;
  }

  /** Server-side apply; fields that others own are taken over. */
  async apply(object: Manifest): Promise<void> {
    const path = await this.#path(object);
    const query = { fieldManager, force: 'true' };
    await this.text(HttpMethod.PATCH, path, {
      query,
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  /**
   * Makes an object that there is not yet.
   *
   * @param query of the API: `dryRun=All` only asks whether it would be made
   * @throws ApiRefusal with status 409 where there is one
   */
  async create<T>(object: Created, query: Request['query'] = {}): Promise<T> {
    const path = await this.#collection(object, object.metadata?.namespace);
    const options = { query: { fieldManager, ...query }, body: object, contentType: 'application/json' };
    return JSON.parse(await this.text(HttpMethod.POST, path, options));
  }

  /** JSON merge patch (RFC 7386). */
  async patch(object: ObjectName, change: object): Promise<void> {
    await this.text(HttpMethod.PATCH, await this.#path(object), {
      query: { fieldManager },
      body: change,
      contentType: 'application/merge-patch+json',
    });
  }

  /**
   * Starts a deletion. What is already gone is well.
   *
   * @param uid of the one that is meant: another of its name, made since, stays
   */
  async startDeletion(object: ObjectName, uid?: string): Promise<void> {
    const path = await this.#path(object);
    try {
      await this.text(HttpMethod.DELETE, path, {
        query: { propagationPolicy: 'Background' },
        ...(uid !== undefined && { body: { preconditions: { uid } }, contentType: 'application/json' }),
      });
    } catch (error) {
      const gone = error instanceof ApiRefusal && (error.status === 404 || (uid && error.status === 409));
      if (!gone) throw error;
    }
  }

  /** @throws ApiRefusal with status 404 where there is none */
  async get<T>(apiVersion: string, kind: string, name: string, namespace?: string): Promise<T> {
    return this.json(`${await this.#collection({ apiVersion, kind }, namespace)}/${name}`);
  }

  async list<T>(selection: Selection): Promise<Listed<T>> {
    const { labelSelector, fieldSelector } = selection;
    return this.json(await this.listPath(selection), { query: { labelSelector, fieldSelector } });
  }

  /** Where a selection is listed and watched: in all namespaces when it names none. */
  async listPath(selection: Selection): Promise<string> {
    const { name } = await this.#resource(selection.apiVersion, selection.kind);
    return path(selection.apiVersion, name, selection.namespace);
  }

  async json<T>(path: string, request: Request = {}): Promise<T> {
    return JSON.parse(await this.text(HttpMethod.GET, path, request));
  }

  /**
   * @throws ApiRefusal when the answer is not a success
   * @throws NetproofError `API_UNREACHABLE` when there is no answer
   */
  async text(method: HttpMethod, path: string, { query = {}, body, contentType }: Request): Promise<string> {
    const context = new RequestContext(this.#server + path, method);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) context.setQueryParam(name, value);
    }
    if (body !== undefined) context.setBody(JSON.stringify(body));
    if (contentType !== undefined) context.setHeaderParam('Content-Type', contentType);
    try {
      await this.#config.applySecurityAuthentication(context);
      context.setSignal(AbortSignal.timeout(bounds.apiAnswer));
      const response = await this.#http.send(context).toPromise();
      const text = await response.body.text();
      const status = response.httpStatusCode;
      if (status < 200 || status > 299) throw new ApiRefusal(`${method} ${path}`, status, messageOf(text));
      return text;
    } catch (cause) {
      if (cause instanceof ApiRefusal) throw cause;
      throw new NetproofError(`${method} ${path}: no answer from the API server at ${this.#server}`, {
        code: 'API_UNREACHABLE',
        exit: exitCode.environment,
        hint: 'check that the cluster runs and that the kubeconfig is its own',
        cause,
      });
    }
  }

  async #path(object: ObjectName): Promise<string> {
    return `${await this.#collection(object, object.metadata.namespace)}/${object.metadata.name}`;
  }

  async #collection(of: { apiVersion: string; kind: string }, namespace?: string): Promise<string> {
    const { name, namespaced } = await this.#resource(of.apiVersion, of.kind);
    return path(of.apiVersion, name, namespaced ? (namespace ?? 'default') : undefined);
  }

  async #resource(apiVersion: string, kind: string): Promise<V1APIResource> {
    const known =
      this.#resources.get(apiVersion) ??
      this.json<{ resources: V1APIResource[] }>(path(apiVersion)).then(({ resources }) => resources);
    this.#resources.set(apiVersion, known);
    const found = (await known.catch(() => [])).find(
      (resource) => resource.kind === kind && !resource.name.includes('/'),
    );
    if (found !== undefined) return found;
    this.#resources.delete(apiVersion); // it may be there the next time: CustomResourceDefinitions come
    await known;
    throw new NetproofError(`the cluster knows no ${kind} of ${apiVersion}`, {
      code: 'KIND_UNKNOWN',
      exit: exitCode.environment,
      hint: 'apply its CustomResourceDefinition first, or correct apiVersion and kind',
    });
  }
}

function path(apiVersion: string, resource?: string, namespace?: string): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = namespace === undefined ? group : `${group}/namespaces/${namespace}`;
  return resource === undefined ? group : `${inside}/${resource}`;
}

/** The sentence in a `Status` object; the text itself where it is none. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text);
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}
