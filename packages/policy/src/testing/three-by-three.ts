import { policyProtocols } from '../network-policy.ts';
import type { ServedPort } from '../port.ts';
import { type Namespace, nameLabel, type Pod } from '../world.ts';

/** Namespaces x, y and z, each with the pods a, b and c: the layout of upstream's policy tests before v1.36. */
export const namespaces: readonly Namespace[] = ['x', 'y', 'z'].map((name) => ({
  name,
  labels: { [nameLabel]: name, team: name },
}));

/** Every combination of the protocols with ports 80 and 81. Each is served by each pod, and has a name. */
export const ports: readonly ServedPort[] = [80, 81].flatMap((port) =>
  policyProtocols.map((protocol) => ({ protocol, port })),
);

/** The address of x/a is 10.1.0.1, that of z/c 10.1.2.3. Pods of one namespace stand on three nodes. */
export const pods: readonly Pod[] = namespaces.flatMap(({ name: namespace }, third) =>
  ['a', 'b', 'c'].map((name, last) => ({
    namespace,
    name,
    labels: { pod: name },
    ip: `10.1.${third}.${last + 1}`,
    node: ['control-plane', 'worker', 'worker2'][last]!,
    ports: ports.map(({ protocol, port }) => ({
      name: `serve-${port}-${protocol.toLowerCase()}`,
      protocol,
      port,
    })),
  })),
);
