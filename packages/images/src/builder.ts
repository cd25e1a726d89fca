import { exitCode, explain, NetproofError } from '@netproof/core';
import type { BuildSite, Component } from './component.ts';
import { onDisk } from './full-disk.ts';
import { runGraph, type Task } from './graph.ts';
import type { Log } from './log.ts';
import { type Progress, ProgressMeter } from './progress.ts';
import type { Store } from './store.ts';
import { Tools } from './tool.ts';

/**
 * Go's compiler uses both cores by itself, but not while it links; a second build fills the gaps. A third
 * would only need more memory (a link of Kubernetes takes 1.6 GB).
 */
const slots = { compile: 2, other: 2 };

/** Which of the components that the goals are made of have to be built, in an order that works. */
export async function missingFor(
  goals: readonly Component[],
  isPresent: (component: Component) => Promise<boolean>,
): Promise<readonly Component[]> {
  const present = new Map<Component, boolean>();
  const missing: Component[] = [];
  const visit = async (component: Component): Promise<void> => {
    if (present.has(component)) return;
    present.set(component, await isPresent(component));
    if (present.get(component)) return;
    for (const need of component.needs) await visit(need);
    missing.push(component);
  };
  for (const goal of goals) await visit(goal);
  return missing;
}

interface Site {
  readonly store: Store;
  readonly keys: ReadonlyMap<Component, string>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Builds components, each into the store once it is whole. What is finished stays, whatever happens to the rest. */
export async function build(missing: readonly Component[], site: Site): Promise<void> {
  const parts = missing.map(({ name, doing, cost }) => ({ name, doing, weight: cost.seconds }));
  const meter = new ProgressMeter(parts, site.onProgress);
  const tasks = new Map<Component, Task>();
  for (const component of missing) {
    tasks.set(component, {
      name: component.name,
      seconds: component.cost.seconds,
      slot: component.cost.compiles ? 'compile' : 'other',
      needs: component.needs.flatMap((need) => tasks.get(need) ?? []),
      run: (signal) => buildOne(component, { ...site, signal }, meter),
    });
  }
  await runGraph([...tasks.values()], slots, site.signal);
}

async function buildOne(component: Component, site: Site, meter: ProgressMeter): Promise<void> {
  const { store, keys, signal } = site;
  const { name } = component;
  const key = keys.get(component) as string;
  const log = site.log.of(name);
  await using temporary = await store.temporary(`${name}-scratch`);
  const scratch = temporary.path;
  const start = performance.now();
  const at: BuildSite = {
    tools: new Tools(log, signal),
    key,
    scratch,
    file: (need, path) => store.file(need.name, keys.get(need) as string, path),
    report: (part) => meter.report(name, part),
  };
  meter.started(name);
  try {
    await onDisk(store.root, async () => {
      if (component.present) {
        // What was taken from elsewhere before is replaced.
        await store.remove(name, key);
        await component.build(scratch, at);
        // A note that it was made here.
        await store.add(name, key, async () => {});
      } else {
        await store.add(name, key, (folder) => component.build(folder, at));
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new NetproofError(`${component.doing} failed: ${explain(error)}`, {
      code: error instanceof NetproofError ? error.code : 'IMAGE_BUILD_FAILED',
      exit: error instanceof NetproofError ? error.exit : exitCode.defect,
      hint: `${error instanceof NetproofError && error.hint ? `${error.hint}; ` : ''}all output: ${site.log.path}`,
    });
  }
  log(`built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  meter.finished(name);
}
