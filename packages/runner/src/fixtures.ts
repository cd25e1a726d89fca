import {
  bounds,
  type Endpoint,
  explain,
  type NodeFacts,
  nodePorts,
  onePodPerNode,
  type Probes,
  type ServiceFacts,
  settle,
} from '@netproof/core';
import { endpointId, type Kube, type Manifest, parseManifest, runLabel } from '@netproof/kube';
import type { LoadedCheck } from './checks.ts';

/** The objects in the manifests beside the checks. */
export function fixturesOf(checks: readonly LoadedCheck[]): readonly Manifest[] {
  return checks.flatMap(({ id, manifest }) =>
    manifest === undefined ? [] : parseManifest(manifest, `suites/${id}.yaml`),
  );
}

/** Applies all manifests and waits until each Service has its ready backends. */
export async function applyFixtures(
  kube: Kube,
  fixtures: readonly Manifest[],
  endpoints: readonly Endpoint[],
  run: string,
): Promise<void> {
  await kube.apply(fixtures, { [runLabel]: run });
  await Promise.all(
    servicesOf(fixtures).map(({ namespace, name, selector }) => {
      const backends = endpoints.filter(
        ({ id, labels }) =>
          id.startsWith(endpointId(namespace, '')) &&
          Object.entries(selector).every(([key, value]) => labels[key] === value),
      );
      return kube.wait.backends(namespace, name, backends.length);
    }),
  );
}

/**
 * Samples every port of every Service from every node, its node ports at every node too, until all its backends
 * answer there and nobody else does, so that
 * checks judge a programmed data plane and no check has to wait. A Service that never gets there is left
 * to the checks, which will find it; the answer says what was seen last.
 */
export async function settleServices(
  fixtures: readonly Manifest[],
  probes: Probes,
  nodes: readonly NodeFacts[],
  service: (namespace: string, name: string) => Promise<ServiceFacts>,
): Promise<string | undefined> {
  const sources = onePodPerNode(probes.endpoints);
  const settling = servicesOf(fixtures).map(async ({ namespace, name, sticky }) => {
    const facts = await service(namespace, name);
    const { clusterIP, ports, backends, id } = facts;
    const target = { label: `Service ${id}`, address: clusterIP, servers: backends };
    const addresses = [
      ...ports.map(({ protocol, port }) => ({ target, port: { protocol, port } })),
      ...nodePorts(facts, nodes),
    ];
    await settle({
      until: `Service ${id} answers from its ${backends.length} backends on every node`,
      bound: bounds.serviceProgramming,
      sample: () =>
        Promise.all(
          sources.flatMap((source) =>
            addresses.map((address) =>
              probes.sample({ source, ...address, connections: 20 * backends.length }),
            ),
          ),
        ),
      settled: (samples) =>
        samples.every(
          ({ servers }) => !servers.includes(null) && (sticky || new Set(servers).size === backends.length),
        ),
      show: (samples) =>
        samples
          .map(
            ({ source, target, port, verdicts }) =>
              `${source.node} to ${target.label}, ${port.protocol}: ${JSON.stringify(verdicts)}`,
          )
          .join(', '),
    });
  });
  const ended = await Promise.allSettled(settling);
  const failures = ended.flatMap((one) => (one.status === 'rejected' ? [explain(one.reason)] : []));
  return failures.length === 0 ? undefined : failures.join('\n');
}

interface ServiceFixture {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  /** Each client stays with one backend, so none can see them all. */
  readonly sticky: boolean;
}

function servicesOf(fixtures: readonly Manifest[]): readonly ServiceFixture[] {
  return fixtures
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata, spec }) => {
      const { selector = {}, sessionAffinity } = spec as {
        selector?: Record<string, string>;
        sessionAffinity?: string;
      };
      return {
        namespace: metadata.namespace ?? 'default',
        name: metadata.name,
        selector,
        sticky: sessionAffinity === 'ClientIP',
      };
    });
}
