import type { ServedPort } from './endpoint.ts';

/** Ports of every probe pod, and of its own Service, that policies are judged by. */
export const policyPorts: readonly ServedPort[] = [8080, 8081].flatMap((port) =>
  (['TCP', 'UDP'] as const).map((protocol) => ({ protocol, port })),
);

/**
 * The names of those ports on a pod, for policies: `main` and `side` over TCP, `main-udp` and `side-udp`. A name is each
 * pod's own, so that over TCP it means another port on pods c and d than on a and b.
 *
 * @param pod its name in its namespace
 */
export function namedPortsOf(pod: string): readonly (ServedPort & { readonly name: string })[] {
  const main = { TCP: 'cd'.includes(pod) ? 8081 : 8080, UDP: 8080 };
  return policyPorts.map(({ protocol, port }) => {
    const name = port === main[protocol] ? 'main' : 'side';
    return { name: protocol === 'UDP' ? `${name}-udp` : name, protocol, port };
  });
}
