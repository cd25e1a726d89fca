import { bounds, type Endpoint, interrupted, type NodeFacts, type Provenance } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { openProbes, type ProbesDeployPlan, throughExec } from '@netproof/probe';
import type { ClusterFolder } from '../clusters.ts';
import { interruptible } from '../interrupt.ts';
import type { Journal } from '../journal.ts';
import type { Provided, Provider } from '../provider.ts';
import type { Ui } from '../ui.ts';
import { type Admission, admission } from './admission.ts';
import { claimedAt, wantsHostPorts } from './claims.ts';
import {
  cniOf,
  type DetectedCni,
  type DetectedProxy,
  detectProxy,
  type Fact,
  familiesOf,
  isToEnforce,
} from './detect.ts';
import { describeHolder, type Lock, lockCluster } from './lock.ts';
import { makeSpaces, refuseTaken, removeSpaces } from './namespaces.ts';
import { usableNodes } from './nodes.ts';
import { refuseOwn } from './own-cluster.ts';
import { enforcesPolicies } from './policy-probe.ts';
import { needRights } from './rights.ts';
import { toolsLacking } from './tools.ts';
import { describeWhere, kubectlOf, type Where } from './where.ts';

export interface ExistingOptions {
  readonly where: Where;
  /** Reference of an image with Node 24 at `node`, which the nodes can pull or have. */
  readonly image: string;
  /** The file whose ClusterRole has every right that is needed. */
  readonly rbac: string;
  /** For people; a cluster's own name stands in front of it. */
  readonly name: string;
  /** What the cluster is to be judged as; without it only what can be found out. */
  readonly as?: ClusterFolder | undefined;
  readonly run: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** A cluster that somebody else made. Only namespaces of ours are touched, by its API and by nothing else. */
export function existingProvider(options: ExistingOptions): Provider {
  const { image } = options;
  return {
    docker: '',
    provenance: async (): Promise<Provenance[]> => [
      { name: image, version: '', origin: 'pulled', from: 'wherever the nodes of the cluster have it from' },
    ],
    open: (journal) => opened(options, journal),
  };
}

async function opened(options: ExistingOptions, journal: Journal): Promise<Provided> {
  const { image, rbac, run, signal, ui, where } = options;
  const kubectl = kubectlOf(where);
  await using made = new AsyncDisposableStack();
  await refuseOwn(where);
  const kube = await interruptible(Kube.connect(where.kubeconfig, { ...where, foreign: true }), signal);
  await interruptible(needRights(kube, rbac), signal);
  await refuseTaken(kube);
  const lock = made.use(await locked(kube, options));
  for (const name of await removeSpaces(kube, { kubectl }))
    ui.line(`removed the namespace ${name}, which a killed run had left`);
  made.defer(async () => {
    // Where another run has taken the cluster, it removes them too; its own are of another run.
    const what = lock.lost.aborted ? 'removing what is left of the probes' : 'removing the probes';
    await ui.step(what, () => removeSpaces(kube, { kubectl, run }));
  });
  // After what was waited for: nodes come and go meanwhile.
  const { names, leftOut } = usableNodes(await kube.list({ apiVersion: 'v1', kind: 'Node' }));
  for (const { name, why } of leftOut) ui.line(`! ${name} is left out: it is ${why}`);
  await makeSpaces(kube, run);
  let admitted = await admission(kube, {
    node: names[0] ?? '',
    image,
    run,
    hostPort: wantsHostPorts(options.as),
  });
  if (signal.aborted) throw interrupted();
  const nodes = (await kube.nodes()).filter(({ name }) => names.includes(name));
  const probes: ProbesDeployPlan = {
    ...{ image, run, nodes: names, without: admitted.without, bound: bounds.probesPulled },
    onNoNodeAgents: (why) => {
      admitted = {
        without: { ...admitted.without, hostNetwork: true },
        refused: { ...admitted.refused, hostNetwork: why.replaceAll(/\s*\n\s*/g, '; ') },
      };
    },
  };
  const all = made.move();
  return {
    kube,
    nodes,
    probes,
    outside: Promise.resolve([]),
    hold: lock,
    describe: (endpoints) => described({ ...options, kube, admitted, nodes }, endpoints, journal),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function locked(kube: Kube, { run, signal, ui }: ExistingOptions): Promise<Lock> {
  return lockCluster(kube, {
    run,
    signal,
    onWait: (holder) => ui.line(`waiting for ${describeHolder(holder)}`),
    onDead: (holder) => ui.line(`taking over from ${describeHolder(holder)}: nothing is heard of it`),
  });
}

interface Found extends ExistingOptions {
  readonly kube: Kube;
  readonly admitted: Admission;
  readonly nodes: readonly NodeFacts[];
}

/** Finds out what the cluster is, with its probes in place, and tells it. */
async function described(found: Found, endpoints: readonly Endpoint[], journal: Journal) {
  const { admitted, as, image, kube, name, nodes, run, ui, where } = found;
  const daemonSets = await kube.list({ apiVersion: 'apps/v1', kind: 'DaemonSet' });
  const cni = cniOf(daemonSets);
  const [proxy, tools, families, policy] = await Promise.all([
    detectProxy(kube, daemonSets),
    toolsLacking(kube, image),
    detectFamilies(kube, nodes),
    probed(kube, endpoints, run),
  ]);
  const { claims, lacks } = claimedAt({
    ...{ admitted, as, policy, tools },
    isToEnforce: isToEnforce(cni),
    proxy: proxy.mode,
  });
  const facts: readonly Fact[] = [
    { name: 'Kubernetes', value: kube.version, from: 'its API server' },
    { name: 'CNI', value: `${cni.name} ${cni.version}`, from: cni.from },
    { name: 'kube-proxy', value: proxy.mode, from: proxy.from },
    families,
    { name: 'NetworkPolicy', value: enforcement(policy.enforced), from: policy.why },
    { name: 'agent image', value: image, from: Object.values(tools).join('; ') || 'it has ping and k6' },
  ];
  journal.write({ event: 'cluster-detected', facts: facts.map((fact) => ({ ...fact })) });
  ui.line(`${name}: an existing cluster of ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`);
  for (const { name, value, from } of facts) ui.line(`  ${name} ${value} (${from})`);
  if (claims.includes('NetworkPolicy') && policy.enforced !== true)
    ui.line(`! policies are judged, though none was seen to be enforced: ${policy.why}`);
  for (const [what, said] of Object.entries(admitted.refused)) ui.line(`! no ${words[what]}: ${said}`);
  for (const line of mismatches(as, cni, proxy)) ui.line(`! ${line}`);
  return {
    cluster: { name, spec: specOf(found, cni, proxy) },
    ...{ claims, lacks },
    kubeconfig: where.kubeconfig,
    ...(where.context !== undefined && { context: where.context }),
    kept: false,
    where: describeWhere(where, image),
  };
}

const words: Readonly<Record<string, string>> = {
  hostNetwork: 'agents in the networks of the nodes',
  hostPort: 'ports of the nodes that lead to pods',
};

const enforcement = (enforced: boolean | undefined): string =>
  enforced === undefined ? 'unknown' : enforced ? 'enforced' : 'not enforced';

function specOf({ as, kube }: Found, cni: DetectedCni, { mode, podSubnet }: DetectedProxy) {
  return {
    cni: {
      ...{ name: cni.name, version: cni.version },
      ...(as && as.spec.cni.name === cni.name && { mode: as.spec.cni.mode }),
    },
    kubernetes: kube.version,
    kubeProxy: mode,
    ...(podSubnet !== undefined && { podSubnet }),
    divergences: as?.spec.divergences ?? [],
  };
}

/** Where a cluster is judged as another than it looks. */
function mismatches(
  as: ClusterFolder | undefined,
  cni: DetectedCni,
  { mode }: DetectedProxy,
): readonly string[] {
  if (as === undefined) return [];
  const { name, version } = as.spec.cni;
  const own = `${name} ${version}`;
  const seen = `${cni.name} ${cni.version}`;
  return [
    ...(own === seen ? [] : [`cluster.yaml of ${as.name} is of ${own}, the cluster has ${seen}`]),
    ...(mode === as.spec.kubeProxy
      ? []
      : [`cluster.yaml of ${as.name} is of kube-proxy ${as.spec.kubeProxy}, the cluster has ${mode}`]),
  ];
}

async function detectFamilies(kube: Kube, nodes: readonly NodeFacts[]): Promise<Fact> {
  const namespace = 'netproof-x';
  const [service, pods] = await Promise.all([
    kube.get({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace } }),
    kube.list({ apiVersion: 'v1', kind: 'Pod', namespace }),
  ]);
  const ofPods = pods
    .flatMap(({ status }) => (status as PodStatus | undefined)?.podIPs ?? [])
    .map(({ ip }) => ip);
  const { ipFamilies = [] } = service.spec as { readonly ipFamilies?: readonly string[] };
  const value = [
    `pods ${familiesOf(ofPods)}`,
    `Services ${ipFamilies.join(' and ') || 'unknown'}`,
    `nodes ${familiesOf(nodes.map(({ ip }) => ip))}`,
  ].join(', ');
  return { name: 'addresses', value, from: 'its own objects' };
}

interface PodStatus {
  readonly podIPs?: readonly { readonly ip: string }[];
}

/** With control streams of its own, which are closed before the cell opens its. */
async function probed(kube: Kube, endpoints: readonly Endpoint[], run: string) {
  const pods = endpoints.filter(({ kind }) => kind === 'pod');
  await using probes = await openProbes({ endpoints: pods, open: throughExec(kube) });
  return await enforcesPolicies(kube, probes, { run });
}
