import {
  type AppliedFault,
  allEnded,
  type Endpoint,
  exitCode,
  inEveryNetns,
  NetproofError,
  type Nodes,
  netnsOf,
  podDevice,
  runAll,
  runOnEach,
  within,
} from '@netproof/core';
import { leftFaults, queuesOfPods, shapedPods, shaper } from './marks.ts';
import { type PingPlan, roundTrip } from './round-trip.ts';

/*
 * A queue that is served slower than it is filled, which no more than a rate limit makes: HTB with a bucket that the
 * first packet empties. Each packet then waits until the one before it has been paid for. What matches no filter
 * passes as before.
 */

/** In bytes per second: a request of k6, 180 bytes with its headers, takes 5 ms. */
const rate = 36_000;
/** The port of load, so that no other check meets the queue. */
const port = 8086;
/** A ping of 542 bytes waits for 15 ms since the one before it; what the machine takes in between counts too. */
const leastDelay = 5;

export interface Shaped {
  /** Whose own interface gets the queue: that is passed on every CNI, and whatever the CNI adds comes after it. */
  readonly pod: Endpoint;
  /** The addresses to which its packets wait. */
  readonly to: readonly string[];
}

/**
 * Puts ICMP and load that pods send into a slow queue, and measures that a ping takes longer by it.
 *
 * @throws NetproofError `FAULT_WITHOUT_EFFECT` when a ping does not wait; the queues are taken out again
 */
export async function shape(nodes: Nodes, places: readonly Shaped[], ping: PingPlan): Promise<AppliedFault> {
  const names = [...new Set(places.map(({ pod }) => pod.node))];
  const revert = async () => {
    const removals = names.map(async (node) => {
      const { stdout } = await nodes.run(node, queuesOfPods);
      const removal = ['tc', 'qdisc', 'del', 'dev', podDevice, 'root'];
      await runAll(
        nodes,
        node,
        shapedPods(stdout).map((netns) => within(netns, removal)),
      );
    });
    await allEnded(removals);
    await leftFaults(nodes, names);
  };
  const netnsOfPod = await netnsOf(
    nodes,
    places.map(({ pod }) => pod),
  );
  const before = await roundTrip(nodes, ping);
  try {
    const queues = places.map(({ pod, to }) => ({
      node: pod.node,
      argv: within(netnsOfPod(pod), ['sh', '-ec', commands(to)]),
    }));
    await runOnEach(nodes, queues);
    const delay = (await roundTrip(nodes, ping)) - before;
    if (!(delay >= leastDelay)) {
      throw new NetproofError(`a ping takes ${delay.toFixed(1)} ms longer in the queue, not ${leastDelay}`, {
        code: 'FAULT_WITHOUT_EFFECT',
        exit: exitCode.defect,
      });
    }
  } catch (error) {
    await revert();
    throw error;
  }
  return { effect: () => waited(nodes, names), revert };
}

function commands(to: readonly string[]): string {
  const waits = ['match ip protocol 1 0xff', `match ip dport ${port} 0xffff`].flatMap((what) =>
    to.map((address) => `match ip dst ${address} ${what}`),
  );
  const filter = `tc filter add dev ${podDevice} parent ${shaper} protocol ip u32`;
  return `tc qdisc add dev ${podDevice} root handle ${shaper} htb
    tc class add dev ${podDevice} parent ${shaper} classid ${shaper}1 htb rate ${rate}bps burst 16 cburst 16 quantum 1500
    ${waits.map((match) => `${filter} ${match} flowid ${shaper}1`).join('\n    ')}`;
}

/** How often a packet had to wait in one of our queues. */
async function waited(nodes: Nodes, names: readonly string[]): Promise<number> {
  const listing = inEveryNetns(['tc', '-s', 'qdisc', 'show']);
  const all = await Promise.all(names.map((node) => nodes.run(node, listing)));
  return all.reduce((sum, { stdout }) => sum + overlimits(stdout), 0);
}

/** The sum of what `tc -s qdisc show` says of our queues' overlimits. */
export function overlimits(listing: string): number {
  const ours = listing.split(/^qdisc /m).filter((one) => one.startsWith(`htb ${shaper} `));
  return ours.reduce((sum, one) => sum + Number(/overlimits (\d+)/.exec(one)?.[1] ?? Number.NaN), 0);
}
