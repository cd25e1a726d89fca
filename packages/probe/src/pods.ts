import { type Endpoint, type EndpointKind, exitCode, type Milliseconds, NetproofError } from '@netproof/core';
import {
  ApiRefusal,
  type CommandStream,
  endpointId,
  type Kube,
  type Pod,
  podOf,
  runLabel,
} from '@netproof/kube';
import { bundleAgent } from './bundle.ts';
import type { Open } from './link.ts';
import {
  agentFile,
  container,
  onHostLabel,
  probeLabel,
  probeManifest,
  probeNamespaces,
  second,
  type Without,
} from './manifest.ts';
import { notRemoved } from './not-removed.ts';

export interface DeployPlan {
  /** Reference of an image with Node 24 at `node`. */
  readonly image: string;
  /** The run's id; every object is labelled with it. */
  readonly run: string;
}

export interface ProbesDeployPlan extends DeployPlan {
  /** Names of the nodes to cover; all without it. */
  readonly nodes?: readonly string[];
  readonly without?: Without;
  /** Within it they are ready; `bounds.probesReady` without it. */
  readonly bound?: Milliseconds;
  /**
   * Told why the agents in the networks of the nodes do not get ready where others have taken their ports: they are then
   * removed. Without it that is an error, as any other cause is.
   */
  readonly onNoNodeAgents?: (why: string) => void;
}

/**
 * Applies the probe pods and waits until they are ready.
 *
 * @throws NetproofError `NOT_READY` with what keeps them, `IMAGE_NOT_PULLED`, `PROBES_LEFT_OVER`, `NOT_REMOVED`
 */
export async function deployProbes(kube: Kube, plan: ProbesDeployPlan): Promise<Endpoint[]> {
  const { image, run, without } = plan;
  const [nodes, agentSource] = await Promise.all([plan.nodes ?? allNodes(kube), bundleAgent()]);
  const objects = probeManifest({ nodes, image, run, agentSource, ...(without && { without }) });
  await kube.put(objects).catch(explainLeftovers);
  const all = objects.filter(({ kind }) => kind === 'Pod');
  const onHost = all.filter(({ metadata }) => metadata.labels?.[onHostLabel] !== undefined);
  const ready = (labels: string, count: number, bound?: Milliseconds) =>
    kube.wait
      .pods({ labelSelector: `${probeLabel},${runLabel}=${run}${labels}`, count }, bound)
      .catch(explainImage(image));
  const { onNoNodeAgents } = plan;
  const pods =
    onNoNodeAgents === undefined
      ? await ready('', all.length, plan.bound)
      : [
          ...(await ready(`,!${onHostLabel}`, all.length - onHost.length, plan.bound)),
          // Their nodes have the image by now.
          ...(await ready(`,${onHostLabel}`, onHost.length).catch(async (error: unknown) => {
            const taken = error instanceof NetproofError && portsTaken.test(error.message);
            if (!taken || error.code !== 'NOT_READY') throw error;
            const left = await kube.remove(onHost);
            if (left.length > 0) throw notRemoved(left);
            onNoNodeAgents(error.message);
            return [];
          })),
        ];
  const endpoints = pods.flatMap(endpointsOf).toSorted((a, b) => a.id.localeCompare(b.id));
  // pods first, as `Probes.endpoints` promises
  return endpoints.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

async function allNodes(kube: Kube): Promise<readonly string[]> {
  return (await kube.nodes()).map(({ name }) => name);
}

/** As an agent says it of a port, and a scheduler of those that pods in the networks of nodes declare. */
const portsTaken = /EADDRINUSE|free ports for the requested pod ports/;

/** A pod's fields cannot be changed: 422 means that there is one already, and another one. */
function explainLeftovers(error: unknown): never {
  if (!(error instanceof ApiRefusal && error.status === 422)) throw error;
  throw new NetproofError('probes of another run are still in the cluster', {
    code: 'PROBES_LEFT_OVER',
    exit: exitCode.environment,
    hint: 'pnpm netproof clean',
    cause: error,
  });
}

/** @throws what it is given, with what can be done where the image cannot be pulled */
const explainImage =
  (image: string) =>
  (error: unknown): never => {
    if (!(error instanceof NetproofError && error.code === 'IMAGE_NOT_PULLED')) throw error;
    throw new NetproofError(error.message, {
      code: error.code,
      exit: error.exit,
      hint: `the nodes must have ${image}, or be able to pull it; for another with Node.js 24 at \`node\`: --agent-image REF`,
    });
  };

const kinds: readonly EndpointKind[] = ['pod', 'node', 'container', 'outside'];

/** Takes the probes out of a cluster. @returns names of what is still there after the bound */
export function removeProbes(kube: Kube): Promise<string[]> {
  return kube.remove(probeNamespaces());
}

/** Reaches the agents of pods by exec through the API server. */
export function throughExec(kube: Kube): Open {
  const run = commandsIn(kube);
  return (endpoint, onLine, deadline) => run(endpoint, ['node', agentFile, 'pipe'], onLine, deadline);
}

/** Runs commands in an endpoint's container, beside its agent. */
export function commandsIn(kube: Kube) {
  return (
    { id }: Endpoint,
    argv: readonly string[],
    onLine: (line: string) => void,
    deadline: Milliseconds,
  ): Promise<CommandStream> => {
    const [pod = '', name = container] = id.split(':');
    return kube.openStream({ ...podOf(pod), container: name }, argv, onLine, deadline);
  };
}

/** A pod, or a node's own network, and its second container. What others have put into it is not ours to ask. */
export function endpointsOf({ metadata, spec, status }: Pod): Endpoint[] {
  const id = endpointId(metadata?.namespace ?? '', metadata?.name ?? '');
  const place = { node: spec?.nodeName ?? '', ip: status?.podIP ?? '' };
  const kind = spec?.hostNetwork ? 'node' : 'pod';
  const others = (spec?.containers ?? []).filter(({ name }) => name === second);
  return [
    { kind, id, ...place, labels: metadata?.labels ?? {} },
    // Without labels: a Service selects the pod, whose first container answers.
    ...others.map(({ name }) => ({ kind: 'container' as const, id: `${id}:${name}`, ...place, labels: {} })),
  ];
}
