import {
  type Claim,
  claims,
  type Feature,
  hostNetworkPods,
  hostPortPods,
  nodeAccess,
  outsideClient,
} from '@netproof/core';
import { ofProbes } from '../cell.ts';
import type { ClusterFolder } from '../clusters.ts';
import type { Admission } from './admission.ts';
import type { PolicySeen } from './policy-probe.ts';
import type { Lacking } from './tools.ts';

/** What of a cluster decides what it is judged by. */
interface Known {
  /** Whose claims it is to keep; without it only those that every cluster makes, and what was found out. */
  readonly as?: ClusterFolder | undefined;
  readonly proxy: string;
  /** Whether its CNI is one that enforces policies: where none is seen to be enforced that is a failure to find. */
  readonly isToEnforce: boolean;
  readonly policy: PolicySeen;
  /** Which pods of ours are there, and why the others were refused that were wanted. */
  readonly admitted: Admission;
  readonly tools: Lacking;
}

/** What every cluster promises, or what is found out; `pods/…` says how faults get at pods, and stands for node access. */
const known: readonly Claim[] = ['PodNetwork', 'Services', 'NetworkPolicy'];

/** Promises that no object of a cluster shows: what was tried out could not fail any more. */
const promises = claims.filter((claim) => !known.includes(claim) && !claim.startsWith('pods/'));

/** Whether anything would be judged by them: else no pod of ours has one, and no namespace is opened to such pods. */
export function wantsHostPorts(as: ClusterFolder | undefined): boolean {
  return as?.spec.claims.includes('HostPort') ?? false;
}

/** What an existing cluster is judged by, and why by no more. */
export function claimedAt({ admitted, as, isToEnforce, proxy, policy, tools }: Known) {
  const { refused, without } = admitted;
  const enforces = isToEnforce || policy.enforced === true;
  const lacks: Readonly<Record<string, string>> = {
    [nodeAccess]: 'netproof runs nothing on the nodes of a cluster that it did not make',
    [outsideClient]: 'netproof has nobody outside of a cluster that it did not make',
    ...(refused.hostNetwork !== undefined && {
      [hostNetworkPods]: `no agent stands in the networks of its nodes: ${refused.hostNetwork}`,
    }),
    ...(without.hostPort && {
      [hostPortPods]:
        refused.hostPort === undefined
          ? 'no probe has a hostPort where nothing says that the cluster is to have HostPort'
          : `the cluster takes no pods with a hostPort: ${refused.hostPort}`,
    }),
    ...tools,
    ...(as === undefined && Object.fromEntries(promises.map((name) => [name, unsaid(name)]))),
    ...(as === undefined &&
      !enforces &&
      policy.enforced === undefined && { NetworkPolicy: `not known: ${policy.why}` }),
  };
  // What stands for node access is for faults, and for checks that read nodes.
  const promised = as?.spec.claims.filter((claim) => !claim.startsWith('pods/'));
  const found: readonly Claim[] = [
    'PodNetwork',
    'Services',
    ...(enforces ? (['NetworkPolicy'] as const) : []),
  ];
  const judgedBy: readonly Feature[] = [
    ...(promised ?? found),
    ...(proxy === 'unknown' ? [] : [`kube-proxy/${proxy}` as Feature]),
    ...ofProbes.filter((feature) => !(feature in lacks)),
  ];
  return { claims: judgedBy, lacks };
}

const unsaid = (name: string): string =>
  `nothing says whether the cluster is to have ${name}; where it is: --cluster with a cluster.yaml that claims it`;
