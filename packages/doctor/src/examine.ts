import { cacheFolder } from '@netproof/images';
import { dockerGroup } from './docker.ts';
import { lookAtEngine } from './engine.ts';
import type { Fact, Group } from './fact.ts';
import { kernelGroup } from './kernel.ts';
import { leftoversGroup } from './leftovers.ts';
import { limitsGroup } from './limits.ts';
import { machineGroup } from './machine.ts';
import { toolsGroup } from './tools.ts';
import { Trials } from './trial.ts';

/**
 * Looks at this machine and changes nothing, but for modules that the kernel loads when something is tried.
 * Each question has a bound, and what it leaves open is said to be unknown.
 */
export async function examine(): Promise<readonly Group[]> {
  const kernel = inNamespaces();
  const engine = await lookAtEngine();
  const places = [{ name: 'disk of the cache', folder: cacheFolder() }];
  if (engine.data !== undefined) places.push({ name: "disk of Docker's data", folder: engine.data });
  const [machine, tools, docker, left, [features, limits]] = await Promise.all([
    machineGroup(places, engine.answers),
    toolsGroup(engine.answers),
    dockerGroup(engine),
    leftoversGroup(engine.answers),
    kernel,
  ]);
  return [machine, tools, docker, features, limits, left];
}

/** One after the other: the first may load what the second looks for. */
async function inNamespaces(): Promise<readonly [Group, Group]> {
  const trials = await Trials.open();
  const features = await kernelGroup(trials);
  return [features, await limitsGroup(trials)];
}

/** Features of the running kernel. */
export async function kernelFacts(): Promise<readonly Fact[]> {
  return (await kernelGroup(await Trials.open())).facts;
}
