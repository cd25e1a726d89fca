import {
  type AppliedFault,
  bounds,
  type Endpoint,
  exitCode,
  type FaultContext,
  type Feature,
  NetproofError,
  type NodeFacts,
  newPods,
  nodePorts,
  type ServiceFacts,
  type ServiceObject,
  settle,
} from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { leftFaults } from './marks.ts';
import { ownAddresses } from './own-addresses.ts';
import { proxiesOn, signalProxies } from './standstill.ts';

/** While a proxy stands still that is Cilium's agent, no pod gets a network on its node, and no policy comes into force. */
export const lackedMeanwhile: readonly Feature[] = [newPods, 'NetworkPolicy'];

/** A Service that some proxies know as it was. */
export interface Former {
  readonly service: ServiceObject;
  readonly facts: ServiceFacts;
  /** JSON merge patches (RFC 7386): what the proxies are left with, and what is so in truth. */
  readonly was: object;
  readonly is: object;
  /** To how many backends connections of one client come, in either case. */
  readonly reached: {
    readonly was: (backends: number) => boolean;
    readonly is: (backends: number) => boolean;
  };
  /** The pods at which connections are counted that the proxies which were left behind have led there. */
  readonly counted: readonly Endpoint[];
}

/**
 * Leaves the proxies of some nodes behind: they program a Service as it was, stand still, and then it changes. No
 * proxy is named by its rules, so this is the same whatever programs Services, and in whatever it does so.
 *
 * @throws NetproofError `NO_PROXY` on a node without a proxy that is known here
 */
export async function leaveBehind(
  context: FaultContext,
  behind: readonly NodeFacts[],
  services: readonly Former[],
): Promise<AppliedFault> {
  const { nodes, objects } = context;
  const names = behind.map(({ name }) => name);
  const change = (to: 'was' | 'is') =>
    Promise.all(services.map((one) => objects.patch(one.service, { spec: one[to] })));
  let counters: AppliedFault | undefined;
  const revert = async () => {
    for (const name of names) await signalProxies(nodes, name, 'CONT');
    await counters?.revert();
    await change('is');
    await programmed(context, nodes.list, services, 'is');
    await leftFaults(nodes, names);
  };
  try {
    await change('was');
    await programmed(context, behind, services, 'was');
    for (const name of names) {
      if ((await proxiesOn(nodes, name)).length === 0) throw noProxy(name);
      await signalProxies(nodes, name, 'STOP');
    }
    await change('is');
    const others = nodes.list.filter(({ name }) => !names.includes(name));
    await programmed(context, others, services, 'is');
    counters = await countConnections(context, behind, services);
    return { effect: counters.effect, revert };
  } catch (error) {
    await revert();
    throw error;
  }
}

/** Waits until connections from these nodes, of a pod and of the node itself, show Services as they were or are. */
async function programmed(
  { probes }: FaultContext,
  at: readonly NodeFacts[],
  services: readonly Former[],
  how: 'was' | 'is',
): Promise<void> {
  await settle({
    until: `Services are as they ${how === 'was' ? 'were' : 'are'} on ${at.map(({ name }) => name).join(', ')}`,
    bound: bounds.serviceProgramming,
    sample: async () => (await Promise.all(at.map((node) => samplesOn(node, probes, services, how)))).flat(),
    settled: (samples) => samples.every(({ right }) => right),
    show: (samples) =>
      samples.flatMap(({ right, what }) => (right ? [] : [what])).join('; ') || 'all were so, once',
  });
}

/** One after the other: all at once are more datagrams than the sockets of the few backends have room for. */
async function samplesOn(
  node: NodeFacts,
  probes: FaultContext['probes'],
  services: readonly Former[],
  how: 'was' | 'is',
): Promise<readonly { readonly right: boolean; readonly what: string }[]> {
  const seen = [];
  for (const { facts, reached } of services) {
    const connections = 20 * facts.backends.length;
    for (const { target, port } of addressesOf(facts, node)) {
      for (const source of clientsOn(probes.endpoints, node, facts)) {
        const { servers } = await probes.sample({ source, target, port, connections });
        const right = !servers.includes(null) && reached[how](new Set(servers).size);
        const who = [...new Set(servers)].map((server) => server ?? 'nobody');
        seen.push({ right, what: `${source.id} to ${target.label}, ${port.protocol}: ${who.join(', ')}` });
      }
    }
  }
  return seen;
}

function addressesOf(facts: ServiceFacts, node: NodeFacts) {
  const target = { label: `Service ${facts.id}`, address: facts.clusterIP, servers: facts.backends };
  return [
    ...facts.ports.map(({ protocol, port }) => ({ target, port: { protocol, port } })),
    ...nodePorts(facts, [node]),
  ];
}

function clientsOn(endpoints: readonly Endpoint[], { name }: NodeFacts, { backends }: ServiceFacts) {
  const here = endpoints.filter(({ id, node }) => node === name && !backends.includes(id));
  return ['pod', 'node'].flatMap((kind) => here.find((one) => one.kind === kind) ?? []);
}

/** Counts connections and datagrams that come to pods from nodes, their pods, and clients outside through them. */
async function countConnections(
  { nodes, probes: { endpoints } }: FaultContext,
  from: readonly NodeFacts[],
  services: readonly Former[],
): Promise<AppliedFault> {
  const clients = endpoints.filter(
    ({ kind, node }) => kind === 'outside' || (kind === 'pod' && from.some(({ name }) => name === node)),
  );
  const own = await Promise.all(from.map(({ name }) => ownAddresses(nodes, name)));
  const sources = new Set([...clients.map(({ ip }) => ip), ...own.flat()]);
  const pods = new Map(services.flatMap(({ counted }) => counted).map((pod) => [pod.id, pod]));
  return insertAtPods(
    nodes,
    [...pods.values()].flatMap((pod) =>
      [['tcp', '--syn'], ['udp']].map((what) => ({
        pod,
        table: 'filter' as const,
        chain: 'INPUT',
        spec: ['-s', [...sources].join(), '-p', ...what],
      })),
    ),
  );
}

function noProxy(node: string): NetproofError {
  return new NetproofError(`no proxy of Services that is known here runs on ${node}`, {
    code: 'NO_PROXY',
    exit: exitCode.defect,
    hint: 'packages/faults/src/standstill.ts names the processes: add the one that serves Services there',
  });
}
