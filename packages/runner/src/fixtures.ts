import {
  bounds,
  describeLookup,
  type Endpoint,
  exactly,
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
  await kube.put(fixtures, { [runLabel]: run });
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
 * answer there and nobody else does, and its name until DNS knows it, so that checks judge a programmed data
 * plane and no check has to wait. A Service that never gets there is left to the checks, which will find it; the
 * answer says what was seen last.
 */
export async function settleServices(
  fixtures: readonly Manifest[],
  probes: Probes,
  nodes: readonly NodeFacts[],
  service: (namespace: string, name: string) => Promise<ServiceFacts>,
): Promise<string | undefined> {
  const sources = onePodPerNode(probes.endpoints);
  const connecting = async ({ sticky }: ServiceFixture, facts: ServiceFacts) => {
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
  };
  const naming = async ({ namespace, name }: ServiceFixture, { clusterIP, backends, id }: ServiceFacts) => {
    const behind = probes.endpoints.filter((endpoint) => backends.includes(endpoint.id));
    const right = exactly(clusterIP === headless ? behind.map(({ ip }) => ip) : [clusterIP]);
    await settle({
      until: `DNS knows Service ${id} on every node`,
      bound: bounds.dnsProgramming,
      // The proxy chooses a DNS server at random: so many answers in a row come from each of a few.
      inARow: 5,
      sample: () =>
        probes.resolve({
          sources,
          questions: [{ name: `${name}.${namespace}.svc`, type: 'A' }],
          transports: ['UDP', 'TCP'],
        }),
      settled: (lookups) => lookups.every((lookup) => right(lookup) === undefined),
      show: (lookups) =>
        lookups
          .map((lookup) => `${lookup.source.node} ${lookup.transport} ${describeLookup(lookup)}`)
          .join(', '),
    });
  };
  const settling = servicesOf(fixtures).flatMap((fixture) => {
    const facts = service(fixture.namespace, fixture.name);
    const connected = async () => {
      const { clusterIP, backends } = await facts;
      // Where nobody is behind it yet, nobody answers.
      if (clusterIP !== headless && backends.length > 0) await connecting(fixture, await facts);
    };
    return [connected(), facts.then((found) => naming(fixture, found))];
  });
  const ended = await Promise.allSettled(settling);
  const failures = ended.flatMap((one) => (one.status === 'rejected' ? [explain(one.reason)] : []));
  return failures.length === 0 ? undefined : failures.join('\n');
}

/** Instead of an address: a headless Service is reached by the addresses of its endpoints, which DNS gives. */
const headless = 'None';

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
