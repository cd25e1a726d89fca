import type { Provenance } from '@netproof/core';
import type { Component } from './component.ts';
import type { Store } from './store.ts';

/**
 * What the report says of components and of all that they are made of: built here, or pulled with what they are part
 * of. A pulled one keeps its content key, and its digest stands where it came from.
 */
export async function provenanceOf(
  goals: readonly Component[],
  store: Store,
  keys: ReadonlyMap<Component, string>,
): Promise<readonly Provenance[]> {
  const all = new Map<Component, Provenance | undefined>();
  const collect = async (component: Component, within: string | undefined): Promise<void> => {
    if (all.has(component)) return;
    const key = keys.get(component) as string;
    const origin = within ?? (await store.origin(component.name, key));
    const { made } = component;
    const one = made && { ...made, origin: 'built' as const, key };
    all.set(
      component,
      one && (origin ? { ...one, origin: 'pulled', from: `${origin}, built from ${one.from}` } : one),
    );
    for (const need of component.needs) await collect(need, origin);
  };
  for (const goal of goals) await collect(goal, undefined);
  return [...all.values()].filter((one) => one !== undefined);
}
