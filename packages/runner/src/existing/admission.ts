import { exitCode, NetproofError } from '@netproof/core';
import { type Kube, type Manifest, runLabel } from '@netproof/kube';
import { namespacesOf, samplePods, type Without } from '@netproof/probe';

/** What the API would take of our pods, by asking it. */
export interface Admission {
  readonly without: Without;
  /** In its own words, where it refuses. */
  readonly refused: Readonly<Partial<Record<keyof Without, string>>>;
}

const levelLabel = 'pod-security.kubernetes.io/enforce';
/** An account that is there for the asking alone: a pod without any is refused for the lack of it. */
const account = 'sample';

export interface AdmissionPlan {
  readonly node: string;
  readonly image: string;
  readonly run: string;
  /** Whether pods with hostPorts are wanted at all: they may need a level that nothing else of theirs needs. */
  readonly hostPort: boolean;
}

/**
 * Asks the API server by dry runs which pods it takes, before any is made. A namespace of ours gets a level of Pod
 * Security only where the API refuses without it, and then the strictest that lets its pods in.
 *
 * @throws NetproofError `PODS_REFUSED` (exit 3) where it takes none at all
 */
export async function admission(
  kube: Kube,
  { node, image, run, hostPort: wanted }: AdmissionPlan,
): Promise<Admission> {
  const samples = samplePods(node, { image, run, agentSource: '' }, account);
  for (const {
    metadata: { namespace = '' },
  } of [samples.plain, samples.hostNetwork]) {
    const metadata = { name: account, namespace };
    await kube.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { [runLabel]: run });
  }
  const { pods, nodeAgents, newPods } = namespacesOf;
  const plain = await letIn(kube, samples.plain, [...pods, newPods], ['baseline', 'privileged']);
  if (plain !== undefined) {
    throw new NetproofError(`this cluster refuses the probes: ${plain}`, {
      code: 'PODS_REFUSED',
      exit: exitCode.environment,
      hint: 'its policies must let plain pods into namespaces that netproof labels',
    });
  }
  const hostPort = wanted ? await letIn(kube, samples.hostPort, pods, ['privileged']) : undefined;
  const hostNetwork = await letIn(kube, samples.hostNetwork, [nodeAgents], ['privileged']);
  return {
    without: { hostNetwork: hostNetwork !== undefined, hostPort: !wanted || hostPort !== undefined },
    refused: {
      ...(hostNetwork !== undefined && { hostNetwork }),
      ...(hostPort !== undefined && { hostPort }),
    },
  };
}

/** @returns why the pod is refused at every level, with the namespaces as they were */
async function letIn(
  kube: Kube,
  pod: Manifest,
  namespaces: readonly string[],
  levels: readonly string[],
): Promise<string | undefined> {
  const first = await refusal(kube, pod);
  if (first === undefined) return undefined;
  const own = pod.metadata.namespace ?? '';
  const was = await levelOf(kube, own);
  let said: string | undefined = first;
  for (const level of levels) {
    // What refuses is not Pod Security, and no level changes its mind.
    if (!said.includes('PodSecurity')) break;
    await setLevel(kube, own, level);
    said = await refusal(kube, pod);
    if (said === undefined) {
      await Promise.all(namespaces.map((name) => setLevel(kube, name, level)));
      return undefined;
    }
  }
  await setLevel(kube, own, was ?? null);
  return said;
}

/** Who cannot be asked by a dry run is asked by the pods themselves. */
async function refusal(kube: Kube, pod: Manifest): Promise<string | undefined> {
  const said = await kube.refusal(pod);
  return said?.includes('does not support dry run') ? undefined : said;
}

async function levelOf(kube: Kube, name: string): Promise<string | undefined> {
  const { metadata } = await kube.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return (metadata as { labels?: Record<string, string> }).labels?.[levelLabel];
}

async function setLevel(kube: Kube, name: string, level: string | null): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await kube.patch(object, { metadata: { labels: { [levelLabel]: level } } });
}
