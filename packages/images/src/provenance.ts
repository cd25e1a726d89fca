import type { Provenance } from '@netproof/core';
import type { Component } from './component.ts';
import type { Store } from './store.ts';

/**
 * What the report says of components and of all that they are made of: built here, or pulled with what they are part
 * of. A pulled one keeps its content key, and its digest stands where it came from. Of an image of which no note says
 * how it came into the local Docker, as another cache leaves it, it says neither: that was found there.
 */
export async function provenanceOf(
  goals: readonly Component[],
  store: Store,
  keys: ReadonlyMap<Component, string>,
): Promise<readonly Provenance[]> {
  const all = new Map<Component, Provenance | undefined>();
  const collect = async (component: Component, within: Elsewhere | undefined): Promise<void> => {
    if (all.has(component)) return;
    const key = keys.get(component) as string;
    const elsewhere = within ?? (await elsewhereOf(component, key, store));
    const { made } = component;
    const one = made && { ...made, origin: 'built' as const, key };
    all.set(
      component,
      one && elsewhere ? { ...one, ...elsewhere, from: `${elsewhere.from}, built from ${one.from}` } : one,
    );
    for (const need of component.needs) await collect(need, elsewhere);
  };
  for (const goal of goals) await collect(goal, undefined);
  return [...all.values()].filter((one) => one !== undefined);
}

/** Where something comes from that was not made here. */
interface Elsewhere {
  readonly origin: 'pulled' | 'present';
  readonly from: string;
}

async function elsewhereOf(
  { name, present }: Component,
  key: string,
  store: Store,
): Promise<Elsewhere | undefined> {
  const from = await store.origin(name, key);
  if (from !== undefined) return { origin: 'pulled', from };
  const unknown = present !== undefined && !(await store.seems(name, key));
  return unknown ? { origin: 'present', from: 'the local Docker' } : undefined;
}
