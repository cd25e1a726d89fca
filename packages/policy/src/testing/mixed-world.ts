import { type Address, type Namespace, nameLabel, type Pod } from '../world.ts';
import type { Scope } from './generators.ts';
import { pods as plain, ports } from './three-by-three.ts';

const namespaces: readonly Namespace[] = [
  { name: 'x', labels: { team: 'x', tier: 'front' } },
  { name: 'y', labels: { [nameLabel]: 'y', team: 'y', tier: 'back' } },
  { name: 'z', labels: {} },
];

/** The nine pods with both families, a name that means another port on each, no labels here and there, and more ends. */
const pods: readonly Pod[] = [
  ...plain.map((pod, index): Pod => {
    const http = { name: 'http', protocol: 'TCP', port: index % 2 === 0 ? 80 : 81 } as const;
    const labels: Record<string, string> = pod.name === 'c' ? {} : { pod: pod.name, app: pod.namespace };
    const ip = pod.namespace === 'z' ? `fd00:1::${pod.name}` : pod.ip;
    return { ...pod, labels, ip, ports: [...(pod.ports ?? []), http] };
  }),
  {
    namespace: 'y',
    name: 'host',
    labels: { pod: 'host' },
    ip: '172.18.0.2',
    node: 'worker',
    hostNetwork: true,
  },
];

const addresses: readonly Address[] = [
  { id: 'node/worker', ip: '172.18.0.2', node: 'worker' },
  { id: 'outside', ip: '203.0.113.7' },
];

/** Where properties are tried. */
export const mixed: Scope = { namespaces, pods, addresses, ports };
