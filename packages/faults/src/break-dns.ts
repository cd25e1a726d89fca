import {
  type AppliedFault,
  bounds,
  describeLookup,
  type Endpoint,
  type FaultContext,
  type Lookup,
  noSuchName,
  onePodPerNode,
  type Question,
  settle,
} from '@netproof/core';
import { dnsService, leftObjects, markObject, unmarkObject } from './api-marks.ts';
import { insertAtPods, type PodRule } from './at-pods.ts';

interface BrokenDns {
  readonly id: string;
  /** A name that does not exist, about which the broken DNS says something else than NXDOMAIN. */
  readonly canary: string;
  break(): Promise<void>;
  /** Undoes it, also where it was only begun or is undone already. */
  mend(): Promise<void>;
  /** What a lookup of the canary comes to while DNS is broken. */
  isBroken(canary: Lookup): boolean;
}

/**
 * Breaks the cluster's DNS at the API, and mends it. Both have ended when every node sees it, over both
 * transports: an object of the API that has changed says little about what clients meet.
 */
export async function breakDns(context: FaultContext, plan: BrokenDns): Promise<AppliedFault> {
  const { nodes, objects, probes } = context;
  const seen = async (what: string, questions: readonly Question[], right: (lookup: Lookup) => boolean) => {
    const sources = onePodPerNode(probes.endpoints);
    await settle({
      until: `DNS ${what} on every node`,
      bound: bounds.dnsProgramming,
      // The proxy chooses a server at random, and old ones take their leave while new ones answer.
      inARow: 5,
      sample: () => probes.resolve({ sources, questions, transports: ['UDP', 'TCP'] }),
      settled: (lookups) => lookups.every(right),
      show: (lookups) =>
        lookups
          .map((lookup) => `${lookup.source.node} ${lookup.transport} ${describeLookup(lookup)}`)
          .join(', '),
    });
  };
  const canary: Question = { name: plan.canary, type: 'A' };
  const known: Question = { name: 'kubernetes.default.svc', type: 'A' };
  let counters: AppliedFault | undefined;
  const revert = async () => {
    await counters?.revert();
    await plan.mend();
    // Its objects are right again; that DNS follows is seen below, where somebody is left who can ask.
    await unmarkObject(objects, dnsService);
    await leftObjects(objects);
    await seen(`is right after ${plan.id}`, [canary, known], (lookup) =>
      lookup.question === canary
        ? noSuchName(lookup) === undefined
        : lookup.rcode === 'NOERROR' && lookup.records?.length === 1,
    );
  };
  try {
    await markObject(objects, dnsService, plan.id);
    await plan.break();
    await seen(`is as ${plan.id} makes it`, [canary], plan.isBroken);
    counters = await insertAtPods(nodes, questionsOf(probes.endpoints));
    return { effect: counters.effect, revert };
  } catch (error) {
    await revert();
    throw error;
  }
}

/**
 * Rules without a target, which only count: all that the probe pods ask of a name server. In the pods, for the address
 * to which a question goes on its node is the proxy's affair.
 */
function questionsOf(endpoints: readonly Endpoint[]): readonly PodRule[] {
  return endpoints
    .filter(({ kind }) => kind === 'pod')
    .flatMap((pod) =>
      ['udp', 'tcp'].map((protocol): PodRule => {
        const spec = ['-p', protocol, '--dport', '53'];
        return { pod, table: 'mangle', chain: 'OUTPUT', spec };
      }),
    );
}
