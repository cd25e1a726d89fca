import type { Endpoint, Lookup, LookupVerdict, Port, Question, ResolvePlan, Transport } from '@netproof/core';
import type { AgentLookup } from './agent/wire.ts';
import { Batches, controlOf, windowsOf } from './batch.ts';
import { type Negative, prove } from './controls.ts';
import type { Reach } from './reach.ts';

/** Questions at a time from one source. */
const atOnce = 256;

/** Has every source ask every question over every transport, with a positive control of the source. */
export async function resolve(plan: ResolvePlan, reach: Reach): Promise<readonly Lookup[]> {
  const controls = new Batches();
  for (const source of plan.sources) {
    for (const transport of plan.transports) controls.of(source).add(controlOf(dnsPort(transport)));
  }
  const opening = controls.run(reach);
  const lookups = (await Promise.all(plan.sources.map((source) => lookupsFrom(source, plan, reach)))).flat();
  const negatives = lookups.flatMap((lookup) => negativeOf(lookup) ?? []);
  if (negatives.length === 0) return lookups;
  const doubt = await prove(negatives, opening, reach);
  return lookups.map((lookup): Lookup => {
    const negative = negativeOf(lookup);
    const reason = negative && doubt(negative);
    return reason === undefined ? lookup : { ...lookup, verdict: 'probe-error', reason };
  });
}

async function lookupsFrom(
  source: Endpoint,
  { questions, transports, times = 1, nameserver }: ResolvePlan,
  { streams, timing: { silence, dnsAnswer } }: Reach,
): Promise<readonly Lookup[]> {
  const asked = questions.flatMap((question) => transports.map((transport) => ({ question, transport })));
  const answer = await streams.get(source.id)?.ask<'resolve'>(
    {
      verb: 'resolve',
      asks: asked.map(({ question, transport }) => ({ ...question, transport })),
      atOnce,
      times,
      silence,
      answer: dnsAnswer,
      ...(nameserver !== undefined && { nameserver }),
    },
    windowsOf(asked.length, atOnce, times * (silence + dnsAnswer)),
  );
  return asked.flatMap(({ question, transport }, index): readonly Lookup[] => {
    const made = answer?.ok ? answer.result.lookups[index] : undefined;
    if (made !== undefined) return made.map((lookup) => lookupOf(source, question, transport, lookup));
    const reason = answer?.ok === false ? answer.reason : `no agent runs at ${source.id}`;
    return [{ source, question, transport, name: '', server: '', verdict: 'probe-error', reason }];
  });
}

function lookupOf(source: Endpoint, question: Question, transport: Transport, lookup: AgentLookup): Lookup {
  const { kind, ms, ...rest } = lookup;
  const verdict = verdictOf[kind];
  return { source, question, transport, ...rest, verdict, ...(verdict === 'answered' && { ms }) };
}

const verdictOf: Record<AgentLookup['kind'], LookupVerdict> = {
  answered: 'answered',
  silent: 'dropped',
  refused: 'refused',
  unreachable: 'unreachable',
  reset: 'reset',
  error: 'probe-error',
};

/** Only the client can prove alive: the server is the cluster's own, and its death is a finding. */
function negativeOf({ source, transport, verdict }: Lookup): Negative | undefined {
  if (verdict === 'answered' || verdict === 'probe-error') return undefined;
  return { source, servers: [], port: dnsPort(transport), verdict };
}

function dnsPort(protocol: Transport): Port {
  return { protocol, port: 53 };
}
