import { readFile } from 'node:fs/promises';
import { queryOf } from './dns-message.ts';
import { inTurn } from './in-turn.ts';
import { overTcp, overUdp } from './lookup.ts';
import type { AgentLookup, Nameserver, ResolveProgram, ResolveResult } from './wire.ts';

/** What a pod's resolver knows (resolv.conf(5)). */
export interface Resolver {
  /** The first one, which a resolver asks first. */
  readonly nameserver?: string;
  /** The cluster's own, without a dot at its end: what stands behind `svc.` in the search list. */
  readonly domain?: string;
}

/** Runs the lookups of a program, each as one message. */
export async function resolve(program: ResolveProgram, file = '/etc/resolv.conf'): Promise<ResolveResult> {
  const { asks, atOnce, times, silence, answer } = program;
  const resolver = resolverOf(await readFile(file, 'utf8'));
  const { nameserver = port53(resolver.nameserver) } = program;
  const one = async ({ name, type, transport }: ResolveProgram['asks'][number]): Promise<AgentLookup> => {
    const whole = wholeName(name, resolver);
    const asked = { name: whole ?? '', server: nameserver?.address ?? '' };
    if (whole === undefined)
      return { ...asked, kind: 'error', reason: `no svc.<domain> in the search list of ${file}`, ms: 0 };
    if (nameserver === undefined)
      return { ...asked, kind: 'error', reason: `no nameserver in ${file}`, ms: 0 };
    const start = performance.now();
    const ask = transport === 'TCP' ? overTcp : overUdp;
    const outcome = await ask(queryOf(whole, type), nameserver, { silence, answer });
    return { ...asked, ...outcome, ms: performance.now() - start };
  };
  const lookups = await inTurn(asks, atOnce, async (ask) => {
    const made: AgentLookup[] = [];
    do made.push(await one(ask));
    while (made.length < times && made.at(-1)?.kind === 'answered');
    return made;
  });
  return { lookups };
}

/** Reads a resolv.conf. As resolvers do: of several lines `search`, the last counts. */
export function resolverOf(text: string): Resolver {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const nameserver = lines.find(([word]) => word === 'nameserver')?.[1];
  const [, ...search] = lines.findLast(([word]) => word === 'search') ?? [];
  const domain = search.find((entry) => entry.startsWith('svc.'))?.slice('svc.'.length);
  return {
    ...(nameserver !== undefined && { nameserver }),
    ...(domain !== undefined && { domain: domain.replace(/\.$/, '') }),
  };
}

function wholeName(name: string, { domain }: Resolver): string | undefined {
  if (name.endsWith('.')) return name;
  return domain === undefined ? undefined : `${name}.${domain}.`;
}

function port53(address: string | undefined): Nameserver | undefined {
  return address === undefined ? undefined : { address, port: 53 };
}
