import {
  bounds,
  type CheckContext,
  check,
  type Edge,
  type Endpoint,
  edgeOf,
  feature,
  nodes,
  stimuli,
  type Table,
  type Try,
  targetOf,
  throughBefore,
  type Watch,
  type WatchPlan,
} from '@netproof/core';
import { policy } from '@netproof/isolation';
import { quantile } from '@netproof/stats';

/** Times that the policy is made and deleted again: the 95 % quantile of twenty edges of each kind is one of them. */
const rounds = 10;

/** The part of all edges that may remain untold, where an agent had no CPU at that moment. */
const mostUntold = 0.25;

/** A pair must be as the policy says for so long before the next change: longer than a hole that many tries would see. */
const stable = 200;

/** How often it is watched at most whether a policy stays in force, where an agent had no CPU for that. */
const triesToSee = 3;

const kinds = ['deny', 'allow'] as const;
const shares = [0.5, 0.95] as const;
const nameOf = (kind: Edge['kind'], share: number) => `${kind}, p${share * 100}`;

const port = { protocol: 'TCP', port: 8080 } as const;

const denyAll = policy('y', 'deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });

export default check({
  requirement:
    'A policy that is made or deleted MUST come into force for new connections, and MUST stay in force from then on.',
  // No bound is specified: how long it takes is shown and not judged.
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle',
  slow: true,
  needs: [feature('PodNetwork'), feature('NetworkPolicy'), nodes(2)],
  reddenedBy: {
    must: ['policy-ignored', 'policy-targets-dead', 'policy-lapses'],
    may: [
      'route-missing-one-way',
      'vxlan-dropped',
      'packets-lost',
      'duplicated-address',
      'cni-agent-stopped',
      'policy-pair-let-through',
    ],
  },
  cloudedBy: ['agent-throttled'],
  movedBy: {
    'policy-late': Object.fromEntries(
      kinds.flatMap((kind) => shares.map((share) => [nameOf(kind, share), stimuli.policyLate])),
    ),
  },

  async run(context) {
    const { isolation, judge, probes } = context;
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const server = pods.find(({ id }) => id === 'y/a');
    const clients = server && clientsOf(server, pods);
    if (server === undefined || clients === undefined) {
      judge.error('there are no pods beside y/a on its node and on another one');
      return;
    }
    const edges: Edge[] = [];
    const untold: string[] = [];
    let held = false;
    try {
      if (!(await areOpen(clients, server, context))) return;
      for (let round = 0; round < rounds; round += 1) {
        for (const until of ['denied', 'connected'] as const) {
          const seen = await change(until, clients, server, context);
          if (seen === undefined) return;
          edges.push(...seen.edges);
          untold.push(...seen.untold);
          // Only what is known to be in force can be seen to stay so.
          if (until === 'denied' && !held && seen.untold.length === 0) {
            held = true;
            await staysDenied(clients, server, context);
          }
        }
      }
    } finally {
      await isolation.set({ policies: [] });
    }
    if (untold.length > mostUntold * (edges.length + untold.length)) {
      judge.inconclusive(
        `of ${edges.length + untold.length} edges ${untold.length} cannot be told, the first: ${untold[0]}`,
      );
      return;
    }
    if (!held) judge.inconclusive('of no round it is known that the policy was in force for both clients');
    for (const kind of kinds) {
      const ms = edges.filter((edge) => edge.kind === kind).map((edge) => edge.ms);
      for (const share of shares)
        judge.measured({ name: nameOf(kind, share), unit: 'ms', value: quantile(ms, share) });
    }
    judge.show({
      title: 'Time to enforce, from sending the change to the API server',
      columns: ['Edge', 'Told', 'p50 ms', 'p95 ms', 'longest ms', 'told to within ms'],
      rows: kinds.map((kind) => {
        const own = edges.filter((edge) => edge.kind === kind);
        const ms = own.map((edge) => edge.ms);
        const of = (share: number) => Math.round(quantile(ms, share));
        const told = Math.round(Math.max(...own.map(({ resolution }) => resolution)));
        return [kind, own.length, of(0.5), of(0.95), Math.round(Math.max(...ms)), told];
      }),
    });
  },
});

/** One on the server's own node, and one on another: policies are enforced at either end of a path. */
function clientsOf(server: Endpoint, pods: readonly Endpoint[]): readonly Endpoint[] | undefined {
  // Any pod, for the policy lets nobody in: on four nodes and more it is one of the server's own namespace.
  const others = pods.filter((pod) => pod !== server);
  const found = [
    others.find(({ node }) => node === server.node),
    others.find(({ node }) => node !== server.node),
  ];
  const both = found.filter((pod) => pod !== undefined);
  return both.length === found.length ? both : undefined;
}

/** Whether both clients reach the server while no policy is there: one that is dead would be taken for denied. */
async function areOpen(
  clients: readonly Endpoint[],
  server: Endpoint,
  { isolation, judge, probes }: CheckContext,
): Promise<boolean> {
  const { sentAt } = await isolation.set({ policies: [] });
  const until = Math.max(sentAt + bounds.policyEnforced, performance.now() + bounds.undisturbed);
  const ask = () => probes.matrix({ sources: clients, targets: [targetOf(server)], ports: [port] });
  const reached = ({ cells }: Table) => cells.every(({ verdict }) => verdict === 'connected');
  let table = await ask();
  while (!reached(table) && performance.now() < until) table = await ask();
  judge.connected(table);
  return reached(table);
}

/**
 * Makes or deletes the policy while both clients ask.
 *
 * @returns the edges, and why others cannot be told; undefined where it did not come into force
 */
async function change(
  until: WatchPlan['until'],
  clients: readonly Endpoint[],
  server: Endpoint,
  { isolation, judge, probes }: CheckContext,
): Promise<{ readonly edges: readonly Edge[]; readonly untold: readonly string[] } | undefined> {
  const under = clients.map((source) => ({ source, begun: Promise.withResolvers<void>() }));
  const changed = Promise.all(under.map(({ begun }) => begun.promise)).then(() =>
    isolation.set({ policies: until === 'denied' ? [denyAll] : [] }),
  );
  // Sent, not accepted: an engine may hear of the change before its acceptance comes back to us.
  const accepted = changed.then(({ sentAt }) => sentAt);
  const watches = await Promise.all(
    under.map(({ source, begun }) =>
      probes.watch({
        source,
        target: targetOf(server),
        port,
        until,
        stable,
        atMost: bounds.policyEnforced,
        begun: begun.resolve,
        accepted,
      }),
    ),
  );
  const sentAt = await accepted;
  const edges: Edge[] = [];
  const untold: string[] = [];
  for (const watch of watches) {
    const edge = edgeOf(watch, sentAt);
    const pair = `${watch.source.id} → ${server.id}`;
    if (until === 'connected') {
      const through = throughBefore(watch, sentAt);
      judge.holds(through === 0, `${pair}: ${through} tries got through before the policy was deleted`);
    }
    if (edge.kind !== 'untold') {
      judge.holds(
        edge.leaked === 0,
        `${pair}: once ${until}, ${edge.leaked} tries were not, in ${edge.flaps} times`,
      );
      edges.push(edge);
    } else if (watch.reason === 'starved' || watch.settledAt !== undefined) {
      // It came into force, but nothing is known of the moment.
      untold.push(`${pair}: ${edge.reason}`);
    } else if (watch.reason !== undefined) {
      judge.error(`${pair}: not known, ${edge.reason}`);
      return undefined;
    } else {
      judge.holds(false, `${pair}, ${until}: ${edge.reason} within ${bounds.policyEnforced / 1000} s`);
      return undefined;
    }
  }
  return { edges, untold };
}

/** Watches the pairs while nothing changes. Any answer tells that the policy has lapsed; what nobody saw is looked at again. */
async function staysDenied(
  clients: readonly Endpoint[],
  server: Endpoint,
  { judge, probes }: CheckContext,
): Promise<void> {
  const held = stimuli.policyHeld;
  const plan = { target: targetOf(server), port, until: 'denied', stable: held } as const;
  let unseen: readonly Watch[] = [];
  for (let tries = 0; tries === 0 || (unseen.length > 0 && tries < triesToSee); tries += 1) {
    const sources = tries === 0 ? clients : unseen.map(({ source }) => source);
    const watches = await Promise.all(
      // The first tries may tell nothing, and it counts from the first that does.
      sources.map((source) => probes.watch({ ...plan, source, atMost: held + bounds.trySilence })),
    );
    unseen = watches.filter((watch) => {
      const through = watch.tries.filter(isAnswered);
      const [first] = through;
      const since = ((first?.at ?? 0) - (watch.tries[0]?.at ?? 0)) / 1000;
      judge.holds(
        first === undefined,
        `${watch.source.id} → ${server.id}: ${through.length} tries got through while the policy stood and nothing changed, the first ${since.toFixed(1)} s after it was watched for that`,
      );
      return first === undefined && watch.settledAt === undefined;
    });
  }
  for (const { source, reason } of unseen) {
    const what = `${source.id} → ${server.id}: whether the policy stays in force is not known, ${reason ?? 'too few tries are'}`;
    if (reason === 'starved') judge.inconclusive(what);
    else judge.error(what);
  }
}

/** By whomever: it was not denied. */
const isAnswered = ({ verdict }: Try) => verdict === 'connected' || verdict === 'wrong-peer';
