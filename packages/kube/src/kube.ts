import {
  bounds,
  type CommandOutput,
  exitCode,
  type Milliseconds,
  NetproofError,
  type NodeFacts,
  type ObjectName,
  type ServiceFacts,
  type ServiceObject,
} from '@netproof/core';
import { Api, ApiRefusal, ClusterConfig, type Created } from './api.ts';
import { inOrder, type Labels, labelled } from './apply.ts';
import type { PodContainer } from './command.ts';
import { whyPods } from './diagnosis.ts';
import { type CommandStream, exec, openStream } from './exec.ts';
import { nodeFacts, serviceFacts } from './facts.ts';
import { namespacePrefix } from './names.ts';
import type { EndpointSlice, Manifest, Node, Selection, Service } from './objects.ts';
import { removeAll } from './remove.ts';
import { slicesOf, Waits } from './wait.ts';
import { wakeKubelets } from './wake.ts';
import { type WatchEnd, type WatchPlan, watchUntil } from './watch.ts';

export interface ConnectOptions {
  /** Of the kubeconfig; without it the current one. */
  readonly context?: string | undefined;
  /** Whether others have objects of their own there; see {@link Kube.put}. */
  readonly foreign?: boolean;
}

/** A right as an access review asks for it; without a name for all objects of the resource. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** One cluster through its API, by its own kubeconfig. */
export class Kube {
  /** As the API server names it: `v1.36.3`. */
  readonly version: string;
  readonly wait: Waits;
  readonly #api: Api;
  readonly #config: ClusterConfig;
  readonly #foreign: boolean;

  private constructor(config: ClusterConfig, api: Api, version: string, foreign: boolean) {
    this.#config = config;
    this.#api = api;
    this.#foreign = foreign;
    this.version = version;
    this.wait = new Waits(api, config);
  }

  /**
   * Reads a kubeconfig file and asks the API server of a context for its version.
   *
   * @throws NetproofError `KUBECONFIG_INVALID`, `API_UNREACHABLE`, `API_REFUSED`
   */
  static async connect(
    kubeconfigFile: string,
    { context, foreign = false }: ConnectOptions = {},
  ): Promise<Kube> {
    const config = new ClusterConfig();
    const server = load(config, kubeconfigFile, context);
    const api = new Api(config, server);
    const { gitVersion } = await api.json<{ gitVersion: string }>('/version');
    return new Kube(config, api, gitVersion, foreign);
  }

  /** Server-side apply of all objects, namespaces first, each with the given labels as well. */
  async apply(objects: readonly Manifest[], labels: Labels = {}): Promise<void> {
    for (const object of inOrder(objects)) await this.#api.apply(labelled(object, labels));
  }

  /**
   * Brings objects that a run makes. Where the cluster is a run's own they are applied over what an earlier one left.
   * On a foreign cluster each is made and none is changed; its namespaces were made before, with what they need there.
   *
   * @throws ApiRefusal with status 409 for what is there on a foreign cluster
   */
  async put(objects: readonly Manifest[], labels: Labels = {}): Promise<void> {
    if (!this.#foreign) return this.apply(objects, labels);
    for (const object of objects) if (object.kind !== 'Namespace') await this.create(object, labels);
  }

  /** Makes an object. @throws ApiRefusal with status 409 where there is one of its name */
  create(object: Manifest, labels: Labels = {}): Promise<Manifest> {
    return this.#api.create(labelled(object, labels));
  }

  /**
   * Why the API would not take an object that is new, in its own words; undefined where it would.
   *
   * @throws ApiRefusal where it does not say
   */
  async refusal(object: Manifest): Promise<string | undefined> {
    try {
      await this.#api.create(object, { dryRun: 'All' });
      return undefined;
    } catch (error) {
      // Others say nothing of the object: who asks is not known, or asks too often, or the server is in trouble.
      if (error instanceof ApiRefusal && [400, 403, 422].includes(error.status)) return error.said;
      throw error;
    }
  }

  /** Whether whoever we are may do something. */
  async may({ verb, group, resource, subresource, name }: Right): Promise<boolean> {
    const { status } = await this.#api.create<{ status?: { allowed?: boolean } }>({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          ...{ verb, group, resource },
          ...(subresource !== undefined && { subresource }),
          ...(name !== undefined && { name }),
        },
      },
    } as Created);
    return status?.allowed === true;
  }

  /** Lists and watches until objects are as they should be, the bound has passed, or the signal came. */
  until(plan: WatchPlan<Manifest>): Promise<WatchEnd<Manifest>> {
    return watchUntil<Manifest & { readonly metadata: { readonly uid?: string } }>(
      this.#api,
      this.#config,
      plan,
    );
  }

  /**
   * Deletes objects and waits until they are gone; of one whose uid is known no other of its name, made since.
   *
   * @param signal ends the waiting
   * @returns names of what is not known to be gone then, or when the bound has passed: `Namespace netproof-x`
   */
  remove(
    objects: readonly Manifest[],
    bound: Milliseconds = bounds.deletion,
    signal?: AbortSignal,
  ): Promise<string[]> {
    return removeAll(this.#api, this.#config, objects, { bound, ...(signal && { signal }) });
  }

  /**
   * Starts the deletion of an object and does not wait for it. What is already gone is well.
   *
   * @param uid of the one that is meant: another of its name, made since, stays
   */
  startDeletion(object: ObjectName, uid?: string): Promise<void> {
    return this.#api.startDeletion(object, uid);
  }

  /** Changes fields of one object by a JSON merge patch (RFC 7386). */
  patch(object: ObjectName, change: object): Promise<void> {
    return this.#api.patch(object, change);
  }

  /** One object as the API gives it. */
  get({ apiVersion, kind, metadata }: ObjectName): Promise<Readonly<Record<string, unknown>>> {
    return this.#api.get(apiVersion, kind, metadata.name, metadata.namespace);
  }

  /** Until the signal, has kubelets try again at once where a pod's network could not be made; never rejects. */
  wakeKubelets(signal: AbortSignal): Promise<void> {
    return wakeKubelets(this.#api, this.#config, signal);
  }

  /** Objects of a kind, in all namespaces where none is named. */
  async list(selection: Selection): Promise<readonly Manifest[]> {
    const { apiVersion, kind } = selection;
    const { items } = await this.#api.list<Manifest>(selection);
    // The API leaves both out of the items of a list.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Of each pod that has these labels, on a line: its state, its last events and its last log lines. Never rejects. */
  whyPods(namespace: string, labelSelector: string): Promise<readonly string[]> {
    return whyPods(this.#api, { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
  }

  async nodes(): Promise<NodeFacts[]> {
    const { items } = await this.#api.list<Node>({ apiVersion: 'v1', kind: 'Node' });
    return items.map(nodeFacts);
  }

  /** All Services of the namespaces in which probes run. */
  async services(): Promise<readonly ServiceObject[]> {
    const type = { apiVersion: 'v1', kind: 'Service' };
    const { items } = await this.#api.list<ServiceObject>(type);
    const ours = items.filter(({ metadata }) => metadata.namespace?.startsWith(namespacePrefix));
    // The items of a list do not say their type.
    return ours.map((service) => ({ ...service, ...type }));
  }

  /** Backends are ids like `x/a`: the pods of its EndpointSlices that are ready. */
  async service(namespace: string, name: string): Promise<ServiceFacts> {
    const [service, slices] = await Promise.all([
      this.#api.get<Service>('v1', 'Service', name, namespace),
      this.#api.list<EndpointSlice>(slicesOf(namespace, name)),
    ]);
    return serviceFacts(service, slices.items);
  }

  /** Runs one command to its end. Another exit code than 0 is a result; see {@link exec} for what throws. */
  exec(at: PodContainer, argv: readonly string[], deadline?: Milliseconds): Promise<CommandOutput> {
    return exec(this.#config, at, argv, deadline);
  }

  /** Starts a command and speaks with it in lines; see {@link openStream}. */
  openStream(
    at: PodContainer,
    argv: readonly string[],
    onLine: (line: string) => void,
    deadline?: Milliseconds,
  ): Promise<CommandStream> {
    return openStream(this.#config, at, argv, onLine, deadline);
  }
}

/**
 * The name of the context that would be used, without asking anybody.
 *
 * @throws NetproofError `KUBECONFIG_INVALID` (exit 2)
 */
export function contextIn(kubeconfigFile: string, context?: string): string {
  const config = new ClusterConfig();
  load(config, kubeconfigFile, context);
  return config.getCurrentContext();
}

/**
 * The address of the API server that a context names, without asking anybody.
 *
 * @throws NetproofError `KUBECONFIG_INVALID` (exit 2)
 */
export function serverIn(kubeconfigFile: string, context?: string): string {
  return load(new ClusterConfig(), kubeconfigFile, context);
}

function load(config: ClusterConfig, file: string, context: string | undefined): string {
  const invalid = (why: string, cause?: unknown) =>
    new NetproofError(`${file}: ${why}`, {
      code: 'KUBECONFIG_INVALID',
      exit: exitCode.usage,
      hint: 'give the path of a kubeconfig file, with a context that names a cluster',
      cause,
    });
  try {
    config.loadFromFile(file);
  } catch (cause) {
    throw invalid('not readable as a kubeconfig', cause);
  }
  const contexts = config.getContexts().map(({ name }) => name);
  const there = `its contexts are: ${contexts.join(', ') || 'none'}`;
  if (context !== undefined) {
    if (!contexts.includes(context)) throw invalid(`it has no context ${context}; ${there}`);
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster()?.server;
  const which = context === undefined ? 'its current context' : `its context ${context}`;
  if (server === undefined) throw invalid(`${which} names no cluster; ${there}`);
  return server;
}
