import { createHash } from 'node:crypto';
import {
  behindHostPort,
  hostPort,
  hostPortLabel,
  moreNamespace,
  namedPortsOf,
  policyPorts,
} from '@netproof/core';
import { endpointId, type Manifest, namespacePrefix, runLabel } from '@netproof/kube';
import { secondPorts, servedPorts } from './agent/wire.ts';

export const probeLabel = 'app.kubernetes.io/name=probe';
export const container = 'agent';
/** The further container of some pods; its endpoint is `x/a:second`. */
export const second = 'second';
const folder = '/netproof';
export const agentFile = `${folder}/agent.mjs`;

const namespaces = ['x', 'y', 'z'];
/** A node's agent is `node/<name of the node>`, as ids of endpoints go. */
const nodeNamespace = 'node';
/** Pods that checks start: no Service selects them there, and nobody waits for them with the others. */
export const newNamespace = 'new';
/**
 * In seconds. A check that wants a pod to terminate asks it for as long as proxies may take to learn of that; whoever
 * removes one does not wait for it, because an agent ends at once when it is told to and nobody holds its control stream.
 */
const newPodGrace = 60;
const pods = ['a', 'b', 'c'];
/** Beside a on its node, so that two pods of one namespace are peers there too. */
const beside = { namespace: 'y', name: 'd', of: 'a' };
/** What policies select by, of any namespace; the other pods have no such label. */
const tiers: Readonly<Record<string, string>> = { b: 'front', c: 'back' };

type Labels = Readonly<Record<string, string>>;
type ProbePod = ReturnType<typeof pod>;

export interface PodPlan {
  readonly image: string;
  readonly run: string;
  /** The agent as one file; see `bundleAgent`. */
  readonly agentSource: string;
}

export interface ProbeManifestPlan extends PodPlan {
  /** Names of the nodes to cover. */
  readonly nodes: readonly string[];
  /** Kinds of pods that the cluster does not take, if any. */
  readonly without?: Without;
}

/** Pods that are left out where a cluster does not take them: those in their nodes' networks, and hostPorts. */
export interface Without {
  readonly hostNetwork: boolean;
  readonly hostPort: boolean;
}

/**
 * Pods a, b and c in each of the namespaces netproof-x, -y and -z, d in netproof-y beside a, and in netproof-node one in
 * the network of each node, named after it. With three nodes a, b and c of a namespace are on one each. Where there are
 * so many nodes that some would have fewer than two pods, these have more of them in netproof-more.
 * The first pod of each node has a second container with an agent of its own, and a hostPort.
 */
export function probeManifest(plan: ProbeManifestPlan): Manifest[] {
  const { nodes, without } = plan;
  const inEach = namespaces.flatMap((short, row) => [
    ...basis(short, plan),
    ...pods.flatMap((name, column) => {
      const index = row * pods.length + column;
      const node = nodes[index % nodes.length] ?? '';
      const one = pod(short, name, node, plan);
      const own = [index < nodes.length ? first(one, plan) : one, serviceOf(one)];
      if (short !== beside.namespace || name !== beside.of) return own;
      const other = pod(short, beside.name, node, plan);
      return [...own, other, serviceOf(other)];
    }),
  ]);
  const ofNodes = without?.hostNetwork
    ? []
    : nodes.map((node) => onHost(pod(nodeNamespace, node, node, plan)));
  const labels = { [runLabel]: plan.run };
  const bases = [nodeNamespace, moreNamespace].flatMap((short) => basis(short, plan));
  return [...probeNamespaces(labels), ...inEach, ...bases, ...ofNodes, ...morePods(plan)];
}

/** So many that each node has two: one must reach another there, and ask Services of which it is no backend. */
function morePods(plan: ProbeManifestPlan): Manifest[] {
  return plan.nodes.flatMap((node, index) => {
    const before = Math.ceil((namespaces.length * pods.length - index) / plan.nodes.length);
    // the name of a node and one letter more: no two nodes come to the same
    const more = pods
      .slice(Math.max(0, before), 2)
      .map((name) => pod(moreNamespace, `${node}-${name}`, node, plan));
    return more.map((one, at) => (before <= 0 && at === 0 ? first(one, plan) : one));
  });
}

/** The first pod of a node. */
function first(one: ProbePod, { without }: ProbeManifestPlan): Manifest {
  return withSecond(without?.hostPort ? one : withHostPort(one));
}

/**
 * A pod of each kind that a cluster may not take, each in a namespace in which such pods will be.
 *
 * @param account of service, in both namespaces, under which it would run
 */
export function samplePods(node: string, plan: PodPlan, account: string) {
  const under = (one: ProbePod): ProbePod => ({ ...one, spec: { ...one.spec, serviceAccountName: account } });
  const plain = under(pod(namespaces[0] ?? '', pods[0] ?? '', node, plan));
  return {
    plain: plain as Manifest,
    hostPort: withHostPort(plain) as Manifest,
    hostNetwork: onHost(under(pod(nodeNamespace, node, node, plan))),
  };
}

/** What pods need that are started later. Their namespace is there before them, for Services that select them. */
export function newPodsBasis(plan: PodPlan): Manifest[] {
  return basis(newNamespace, plan);
}

/** One more pod, with a grace period in which it can be probed. */
export function newPod(name: string, node: string, plan: PodPlan): Manifest {
  const one = pod(newNamespace, name, node, plan);
  const labels = { ...one.metadata.labels, 'app.kubernetes.io/name': 'new-probe' };
  const spec = { ...one.spec, terminationGracePeriodSeconds: newPodGrace };
  return { ...one, metadata: { ...one.metadata, labels }, spec };
}

/** By what is in them, the names of all namespaces of a run. */
export const namespacesOf = {
  pods: [...namespaces, moreNamespace].map((short) => `${namespacePrefix}${short}`),
  nodeAgents: `${namespacePrefix}${nodeNamespace}`,
  newPods: `${namespacePrefix}${newNamespace}`,
};

export function probeNamespaces(labels: Readonly<Record<string, string>> = {}): Manifest[] {
  return [...namespaces, nodeNamespace, moreNamespace, newNamespace].map((short) =>
    namespaceOf(short, labels),
  );
}

export function namespaceOf(short: string, labels: Labels = {}): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespacePrefix}${short}`, labels } };
}

/** What the pods of a namespace need. An account of its own: the default one appears some time after it. */
function basis(short: string, plan: PodPlan): Manifest[] {
  const shared = { namespace: `${namespacePrefix}${short}`, labels: { [runLabel]: plan.run } };
  const data = { 'agent.mjs': plan.agentSource };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'probe', ...shared } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: configMapOf(plan), ...shared }, data },
  ];
}

/** On pods in the networks of their nodes, which some clusters keep from getting ready. */
export const onHostLabel = 'netproof.dev/on-host';

/** The same pod in its node's own network. */
function onHost(pod: ProbePod): Manifest {
  const { metadata, spec } = pod;
  const labels = { ...metadata.labels, [onHostLabel]: 'true' };
  return { ...pod, metadata: { ...metadata, labels }, spec: { ...spec, hostNetwork: true } };
}

/** The same pod with one port more, over TCP and UDP, which is at its node's address too. */
function withHostPort(pod: ProbePod): ProbePod {
  const { metadata, spec } = pod;
  const more = (['TCP', 'UDP'] as const).map((protocol) => ({
    name: `host-${protocol.toLowerCase()}`,
    protocol,
    containerPort: behindHostPort,
    hostPort,
  }));
  const containers = spec.containers.map((one) => ({ ...one, ports: [...one.ports, ...more] }));
  const labels = { ...metadata.labels, [hostPortLabel]: String(hostPort) };
  return { ...pod, metadata: { ...metadata, labels }, spec: { ...spec, containers } };
}

/** The same pod with a second agent, on ports that the first has not taken. */
function withSecond(pod: ProbePod): Manifest {
  const { namespace, name } = pod.metadata;
  const env = [
    { name: 'NETPROOF_ID', value: `${endpointId(namespace, name)}:${second}` },
    { name: 'NETPROOF_PORTS', value: secondPorts.join() },
  ];
  const containers = pod.spec.containers.flatMap((first) => [
    first,
    { ...first, name: second, ports: [], env, startupProbe: startedAt(secondPorts[0]) },
  ]);
  return { ...pod, spec: { ...pod.spec, containers } };
}

function pod(short: string, name: string, node: string, plan: PodPlan) {
  const { image, run } = plan;
  const namespace = `${namespacePrefix}${short}`;
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: {
        'app.kubernetes.io/name': 'probe',
        'netproof.dev/pod': name,
        ...(tiers[name] && { 'netproof.dev/tier': tiers[name] }),
        [runLabel]: run,
      } as Labels,
    },
    spec: {
      serviceAccountName: 'probe',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onNode(node) } },
      containers: [
        {
          name: container,
          ports: namedPortsOf(name).map(({ name, protocol, port }) => ({
            name,
            protocol,
            containerPort: port,
          })),
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', agentFile],
          env: [
            { name: 'POD_NAMESPACE', ...field('metadata.namespace') },
            { name: 'POD_NAME', ...field('metadata.name') },
            { name: 'POD_IPS', ...field('status.podIPs') },
          ],
          // requests and no limits: a throttled agent could not tell silence from its own sleep
          resources: { requests: { cpu: '50m', memory: '64Mi' } },
          startupProbe: startedAt(servedPorts[0]),
          volumeMounts: [{ name: 'agent', mountPath: folder, readOnly: true }],
        },
      ],
      volumes: [{ name: 'agent', configMap: { name: configMapOf(plan) } }],
    },
  };
}

/** A Service of the pod alone: a policy must hold on that way too. */
function serviceOf({ metadata }: ProbePod): Manifest {
  const { name, namespace, labels } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { [runLabel]: labels[runLabel] ?? '' } },
    spec: {
      selector: { 'netproof.dev/pod': name },
      ports: policyPorts.map(({ protocol, port }) => ({
        name: `${protocol.toLowerCase()}-${port}`,
        protocol,
        port,
      })),
    },
  };
}

/** For the start only: readiness that a fault under test takes away would change Services as well. */
function startedAt(port: number | undefined) {
  return { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 60 };
}

/** By its content: a pod that an older netproof left behind cannot be taken for one of ours, the API refuses. */
function configMapOf({ agentSource }: PodPlan): string {
  return `agent-${createHash('sha256').update(agentSource).digest('hex').slice(0, 10)}`;
}

/** By the node's name, as the DaemonSet controller does it: the hostname label may differ. */
function onNode(node: string) {
  return {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
  };
}
