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
import { Api, ClusterConfig } from './api.ts';
import { inOrder, type Labels, labelled } from './apply.ts';
import type { PodContainer } from './command.ts';
import { type CommandStream, exec, openStream } from './exec.ts';
import { nodeFacts, serviceFacts } from './facts.ts';
import { namespacePrefix } from './names.ts';
import type { EndpointSlice, Manifest, Node, Service } from './objects.ts';
import { removeAll } from './remove.ts';
import { slicesOf, Waits } from './wait.ts';
import { wakeKubelets } from './wake.ts';

/** One cluster through its API, by its own kubeconfig. */
export class Kube {
  /** As the API server names it: `v1.36.3`. */
  readonly version: string;
  readonly wait: Waits;
  readonly #api: Api;
  readonly #config: ClusterConfig;

  private constructor(config: ClusterConfig, api: Api, version: string) {
    this.#config = config;
    this.#api = api;
    this.version = version;
    this.wait = new Waits(api, config);
  }

  /**
   * Reads a kubeconfig file and asks its current context's API server for its version.
   *
   * @throws NetproofError `KUBECONFIG_INVALID`, `API_UNREACHABLE`, `API_REFUSED`
   */
  static async connect(kubeconfigFile: string): Promise<Kube> {
    const config = new ClusterConfig();
    const server = load(config, kubeconfigFile);
    const api = new Api(config, server);
    const { gitVersion } = await api.json<{ gitVersion: string }>('/version');
    return new Kube(config, api, gitVersion);
  }

  /** Server-side apply of all objects, namespaces first, each with the given labels as well. */
  async apply(objects: readonly Manifest[], labels: Labels = {}): Promise<void> {
    for (const object of inOrder(objects)) await this.#api.apply(labelled(object, labels));
  }

  /**
   * Deletes objects and waits until they are gone.
   *
   * @returns names of what is still there when the bound has passed: `Namespace netproof-x`
   */
  remove(objects: readonly Manifest[], bound: Milliseconds = bounds.deletion): Promise<string[]> {
    return removeAll(this.#api, this.#config, objects, bound);
  }

  /** Starts the deletion of an object and does not wait for it. What is already gone is well. */
  startDeletion(object: ObjectName): Promise<void> {
    return this.#api.startDeletion(object);
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

  /** All objects of a kind, in all namespaces. */
  async list({ apiVersion, kind }: Pick<ObjectName, 'apiVersion' | 'kind'>): Promise<readonly Manifest[]> {
    const { items } = await this.#api.list<Manifest>({ apiVersion, kind });
    // The API leaves both out of the items of a list.
    return items.map((item) => ({ ...item, apiVersion, kind }));
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

function load(config: ClusterConfig, file: string): string {
  const invalid = (why: string, cause?: unknown) =>
    new NetproofError(`${file}: ${why}`, {
      code: 'KUBECONFIG_INVALID',
      exit: exitCode.usage,
      hint: 'give the path of a kubeconfig file whose current-context names a cluster',
      cause,
    });
  try {
    config.loadFromFile(file);
  } catch (cause) {
    throw invalid('not readable as a kubeconfig', cause);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw invalid('its current context names no cluster');
  return server;
}
