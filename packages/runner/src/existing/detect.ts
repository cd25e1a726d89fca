import type { Kube, Manifest } from '@netproof/kube';
import { ApiRefusal } from '@netproof/kube';
import { parse } from 'yaml';

/** What was found out, and what says so. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

/** A CNI by one of its workloads. */
export interface DetectedCni {
  readonly name: string;
  readonly version: string;
  readonly from: string;
}

/** CNIs by the DaemonSets that run them, as their own manifests and charts name these. */
const known: Readonly<Record<string, string>> = {
  'calico-node': 'calico',
  canal: 'canal',
  cilium: 'cilium',
  'kube-flannel-ds': 'flannel',
  'kube-flannel': 'flannel',
  kindnet: 'kindnet',
  'weave-net': 'weave',
  'antrea-agent': 'antrea',
  'aws-node': 'aws-vpc-cni',
  'azure-cns': 'azure-cns',
  'bridge-cni': 'bridge',
  'kube-router': 'kube-router',
  'kube-ovn-cni': 'kube-ovn',
  'ovnkube-node': 'ovn-kubernetes',
};

/** Those of them that enforce policies wherever they run as their own manifests and charts have it. */
const enforcing = ['calico', 'canal', 'cilium', 'antrea', 'kube-router', 'ovn-kubernetes', 'kube-ovn'];

/** Whether policies are to be enforced with such a CNI, or such several. */
export function isToEnforce({ name }: Pick<DetectedCni, 'name'>): boolean {
  return name.split(' + ').some((one) => enforcing.includes(one));
}

export const unknown = 'unknown';

interface Workload {
  readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
}

/** The CNI that a cluster's DaemonSets show; of several all, because one may route and another enforce policies. */
export function cniOf(daemonSets: readonly Manifest[]): DetectedCni {
  const found = daemonSets.flatMap(({ metadata, spec }) => {
    const name = known[metadata.name];
    if (name === undefined) return [];
    const [container] = (spec as Workload | undefined)?.template?.spec?.containers ?? [];
    const from = `DaemonSet ${metadata.namespace}/${metadata.name}`;
    return [{ name, version: tagOf(container?.image), from }];
  });
  if (found.length === 0) return { name: unknown, version: unknown, from: 'no DaemonSet that is known here' };
  const all = (key: keyof DetectedCni) => found.map((one) => one[key]).join(' + ');
  return { name: all('name'), version: all('version'), from: all('from') };
}

/** `v3.31.0` of `quay.io:443/calico/node:v3.31.0@sha256:…`. */
export function tagOf(image = ''): string {
  const [named = ''] = image.split('@');
  return /:([^/:]+)$/.exec(named)?.[1] ?? unknown;
}

export interface DetectedProxy {
  /** `iptables`, `nftables`, `ipvs`, `none`, `unknown`. */
  readonly mode: string;
  /** All addresses of pods, where it was told of them. */
  readonly podSubnet?: string;
  readonly from: string;
}

/** How Services are programmed, by kube-proxy's ConfigMap as kubeadm writes it, or by Cilium's. */
export async function detectProxy(kube: Kube, daemonSets: readonly Manifest[]): Promise<DetectedProxy> {
  const proxy = daemonSets.some(({ metadata }) => metadata.name === 'kube-proxy');
  if (proxy) {
    const text = (await configMap(kube, 'kube-proxy'))?.['config.conf'];
    return text === undefined
      ? {
          mode: unknown,
          from: 'kube-proxy runs, and has no ConfigMap kube-system/kube-proxy as kubeadm writes it',
        }
      : proxyOf(text);
  }
  const replaces = (await configMap(kube, 'cilium-config'))?.['kube-proxy-replacement'];
  if (replaces === 'true') return { mode: 'none', from: 'ConfigMap kube-system/cilium-config' };
  return { mode: unknown, from: 'no DaemonSet kube-proxy; it may run outside of the cluster' };
}

/** @param text a KubeProxyConfiguration */
export function proxyOf(text: string): DetectedProxy {
  const from = 'ConfigMap kube-system/kube-proxy';
  let config: { mode?: unknown; clusterCIDR?: unknown } | null;
  try {
    config = parse(text) as typeof config;
  } catch {
    return { mode: unknown, from: `${from}, which cannot be read` };
  }
  // Without a mode it is that of Linux.
  const mode = typeof config?.mode === 'string' && config.mode !== '' ? config.mode : 'iptables';
  const cidr = config?.clusterCIDR;
  return { mode, from, ...(typeof cidr === 'string' && cidr !== '' && { podSubnet: cidr }) };
}

async function configMap(kube: Kube, name: string): Promise<Record<string, string> | undefined> {
  try {
    const metadata = { name, namespace: 'kube-system' };
    return (
      (await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata })) as { data?: Record<string, string> }
    ).data;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** `IPv4`, `IPv4 and IPv6`: of addresses in the order in which they are given. */
export function familiesOf(addresses: readonly string[]): string {
  const families = addresses.filter(Boolean).map((address) => (address.includes(':') ? 'IPv6' : 'IPv4'));
  return [...new Set(families)].join(' and ') || unknown;
}
