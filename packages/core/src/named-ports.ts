import type { Port } from './endpoint.ts';

/** Ports of every probe pod that policies may call by name; its own Service has them too. */
export const namedPorts: readonly (Port & { readonly name: string })[] = [8080, 8081].flatMap((port) =>
  (['TCP', 'UDP'] as const).map((protocol) => ({
    name: `serve-${port}-${protocol.toLowerCase()}`,
    protocol,
    port,
  })),
);
