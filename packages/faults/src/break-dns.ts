import {
  type AppliedFault,
  bounds,
  describeLookup,
  type FaultContext,
  type Lookup,
  type Nodes,
  noSuchName,
  onePodPerNode,
  type Question,
  settle,
} from '@netproof/core';
import { dnsService, leftObjects, markObject, unmarkObject } from './api-marks.ts';
import { insertRules, type Rule } from './iptables.ts';

interface BrokenDns {
  readonly id: string;
  /** A name that does not exist, about which the broken DNS says something else than NXDOMAIN. */
  readonly canary: string;
  break(): Promise<void>;
  /** Undoes it, also where it was only begun or is undone already. */
  mend(): Promise<void>;
  /** What a lookup of the canary comes to while DNS is broken. */
  isBroken(canary: Lookup): boolean;
  /** Questions to this address, seen in this chain of the table mangle, are those that the fault changes. */
  counted(): Promise<Pick<Rule, 'chain'> & { readonly address: string }>;
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
    counters = await insertRules(nodes, countingRules(nodes, await plan.counted()));
    return { effect: counters.effect, revert };
  } catch (error) {
    await revert();
    throw error;
  }
}

/**
 * Rules without a target, which only count. Of our own: kube-proxy writes its chains anew when it likes, and
 * their counters begin again at 0.
 */
function countingRules(
  nodes: Nodes,
  { chain, address }: Pick<Rule, 'chain'> & { readonly address: string },
): readonly Rule[] {
  return nodes.list.flatMap(({ name: node }) =>
    ['udp', 'tcp'].map((protocol) => ({
      node,
      table: 'mangle' as const,
      chain,
      // Not all packets to the address: kubelets ask a server whether it is ready.
      spec: ['-d', address, '-p', protocol, '--dport', '53'],
    })),
  );
}
