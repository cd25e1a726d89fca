import { type Endpoint, exitCode, type Milliseconds, NetproofError, type Nodes } from '@netproof/core';

/** Which pod pings which. */
export interface PingPlan {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Two pods, of one node or of two; workers where there are some, as checks take them. */
export function pingBetween(
  { list }: Nodes,
  endpoints: readonly Endpoint[],
  apart: 'same-node' | 'other-node',
): PingPlan {
  const order = list.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
  const pods = order.flatMap(({ name }) =>
    endpoints.filter(({ kind, node }) => kind === 'pod' && node === name),
  );
  const [from, ...rest] = pods;
  const to = rest.find(({ node }) => (node === from?.node) === (apart === 'same-node'));
  if (from && to) return { from, to };
  throw new NetproofError(`there are no two pods to ping between, ${apart}`, {
    code: 'TOO_FEW_PODS',
    exit: exitCode.defect,
  });
}

/**
 * The mean round trip of an adaptive ping from one pod's network to the other's address: the next goes when the
 * answer to the last has come, as load does it. The pod is found by its address, in the namespaces where
 * CNI plugins have theirs.
 *
 * @throws Error when an answer is missing
 */
export async function roundTrip(nodes: Nodes, { from, to }: PingPlan): Promise<Milliseconds> {
  const script = `for netns in /var/run/netns/*; do
    nsenter --net=$netns ip -o addr | grep -qF ' ${from.ip}/' || continue
    exec nsenter --net=$netns ping -A -q -c 20 -s 500 -W 2 ${to.ip}
  done
  echo no network namespace has ${from.ip} >&2; exit 1`;
  const { stdout } = await nodes.run(from.node, ['sh', '-c', script]);
  return meanOf(stdout);
}

/** Reads the summary of `ping -q`. @throws NetproofError `PING_LOST` unless every one was answered */
export function meanOf(summary: string): Milliseconds {
  const mean = /^rtt min\/avg\/max\/mdev = [\d.]+\/([\d.]+)\//m.exec(summary)?.[1];
  if (mean !== undefined && / 0% packet loss/.test(summary)) return Number(mean);
  throw new NetproofError(`a ping was not answered: ${summary.trim()}`, {
    code: 'PING_LOST',
    exit: exitCode.environment,
  });
}
