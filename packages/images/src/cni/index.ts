import { bridge } from './bridge.ts';
import { calico } from './calico.ts';
import { cilium } from './cilium.ts';
import type { Cni } from './cni.ts';
import { flannel } from './flannel.ts';

export type { Cni } from './cni.ts';

/** Every CNI whose images can be built here. */
export const cnis: readonly Cni[] = [bridge, flannel, calico, cilium];

/** A CNI by its name. One that is none of ours brings its images itself, so its nodes are those of bridge. */
export function cniOf(name: string): Cni {
  return cnis.find((cni) => cni.name === name) ?? bridge;
}
