import { bounds, explain } from '@netproof/core';
import { type ImagesSeen, lookAtImages } from '@netproof/images';
import { late } from './ask.ts';
import { type Engine, registryFact } from './engine.ts';
import { type Fact, type Group, lacks, note, there, unknown } from './fact.ts';
import { gigabytes } from './machine.ts';

/** The Engine and where images come from. */
export async function dockerGroup(engine: Engine): Promise<Group> {
  const silent = 'no Docker Engine answers';
  const [registry, images] = await Promise.all([
    engine.answers ? registryFact() : unknown('registry', silent),
    imageFacts(engine),
  ]);
  return { title: 'Docker and images', facts: [...engine.facts, registry, ...images] };
}

async function imageFacts({ answers, data }: Engine): Promise<Fact[]> {
  const signal = AbortSignal.timeout(bounds.machineAnswer);
  try {
    const seen = await lookAtImages({ engine: answers, docker: data }, signal);
    return [cacheFact(seen), imagesFact(seen, answers)];
  } catch (error) {
    return [unknown('images', signal.aborted ? late : explain(error))];
  }
}

function cacheFact({ cache, bytes }: ImagesSeen): Fact {
  return there('image cache', bytes === 0 ? `nothing in ${cache} yet` : `${gigabytes(bytes)} in ${cache}`);
}

/**
 * Whether a run has its images, and where not, whether it can build them.
 *
 * @param engine whether one was asked for the node image; kind itself is in the cache or has to be built
 */
export function imagesFact(
  { missing, problems, upstream }: Omit<ImagesSeen, 'cache' | 'bytes'>,
  engine: boolean,
): Fact {
  const name = 'images';
  const more = { neededBy: 'clusters' };
  if (!engine && !missing.includes('kind')) {
    return unknown(name, 'kind is there; no Docker Engine answers, which would have the node image', more);
  }
  const way = problems.map(({ what }) => what).join('; ');
  const cure = problems.map(({ cure }) => cure).join('; ');
  if (missing.length === 0 && problems.length === 0) return there(name, 'all there, and can be built', more);
  if (missing.length === 0) {
    const cost = 'a later version of them could not be built';
    return note(name, `all there; to be built they would lack: ${way}`, { ...more, cost, cure });
  }
  const which = missing.length > 4 ? `from ${missing[0]} to ${missing.at(-1)}` : missing.join(', ');
  const build = `${missing.length} part${missing.length === 1 ? '' : 's'} to be built: ${which}`;
  if (problems.length === 0) {
    const cost = upstream ? 'a run pulls what a registry has and builds the rest' : 'a run builds them';
    return note(name, build, { ...more, cost: `${cost}; all of them take about 8 minutes on two cores` });
  }
  const value = `${build}; in the way: ${way}`;
  if (!upstream) return lacks(name, value, { ...more, cure });
  return note(name, value, { ...more, cost: 'a registry may have the largest of them', cure });
}
