import type { CheckContext } from './check.ts';
import { type Endpoint, type Port, place, type Target } from './endpoint.ts';
import type { Judge } from './judge.ts';
import { countsOf } from './shares.ts';
import type { Sample } from './verdict.ts';

interface EveryBackendPlan {
  readonly sources: readonly Endpoint[];
  /** Each is asked from each source. */
  readonly addresses: readonly { readonly target: Target; readonly port: Port }[];
  /** Ids of the endpoints behind every address. */
  readonly backends: readonly string[];
  /** Connections of each sample; see `connectionsToSeeAll` of stats. */
  readonly connections: number;
}

/**
 * Judges that from every source every address leads to each of the backends and to nobody else. Each pair is
 * judged on its own: pooled, a node that lacks a backend would hide behind the others.
 */
export async function everyBackend(
  { probes, judge }: Pick<CheckContext, 'probes' | 'judge'>,
  { sources, addresses, backends, connections }: EveryBackendPlan,
): Promise<void> {
  const samples: Sample[] = [];
  // One address after the other: all at once would be more connections than an agent keeps up with.
  for (const address of addresses) {
    const round = sources.map((source) => probes.sample({ source, ...address, connections }));
    samples.push(...(await Promise.all(round)));
  }
  judgeBackends(judge, samples, { backends, connections });
}

/** Judges of samples that each came to all of these and to nobody else, and shows them. */
export function judgeBackends(
  judge: Judge,
  samples: readonly Sample[],
  { backends, connections }: Pick<EveryBackendPlan, 'backends' | 'connections'>,
): void {
  for (const sample of samples) {
    // Connections that are lost leave backends out, which says nothing of the choice.
    if (!judge.reached(sample, connections)) continue;
    const { source, target, port, servers } = sample;
    const missing = backends.filter((backend) => !servers.includes(backend));
    judge.holds(
      missing.length === 0,
      `from ${place(source)} to ${target.label}, ${port.protocol} ${port.port}: none of ${connections} connections came to ${missing.join(' or ')}`,
      sample,
    );
  }
  judge.show({
    title: `Of ${connections} connections each backend got, by client and address`,
    columns: ['client', 'address', ...backends, 'not answered', 'client seen as'],
    rows: samples.map((sample) => [
      place(sample.source),
      `${sample.target.label}, ${sample.port.protocol} ${sample.port.port}`,
      ...countsOf(sample, backends),
      sample.servers.filter((server) => server === null).length,
      (sample.clientSeenAs ?? []).join(', '),
    ]),
  });
}
