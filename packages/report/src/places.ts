import type { Asked } from './asked.ts';
import type { ClusterFacts } from './model.ts';

/** What a column of the map of a cluster stands for: a node with all that is on it, or what is on none. */
export const services = 'Services';
export const outside = 'outside';

/** Where an ordered pair starts and ends, as the map of a cluster has it. */
export interface Place {
  readonly from: string;
  readonly to: string;
  /** Both ends on one node. */
  readonly own: boolean;
}

export function placeOf({ source, target }: Asked): Place {
  const to = target.kind === 'service' ? services : target.node || outside;
  const from = source.node || outside;
  return { from, to, own: from === to && from !== outside };
}

/** The places that something was asked of, by where they start: nodes in the cluster's order, then the rest. */
export function placesOf(
  all: readonly Asked[],
  { nodes }: ClusterFacts,
): readonly { readonly from: string; readonly places: readonly Place[] }[] {
  const order = [...nodes.map(({ name }) => name), services, outside];
  const at = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const places = [...new Map(all.map(placeOf).map((place) => [keyOfPlace(place), place])).values()];
  const byStart = Map.groupBy(places, ({ from }) => from);
  return [...byStart]
    .toSorted(([a], [b]) => at(a) - at(b))
    .map(([from, some]) => ({ from, places: some.toSorted((a, b) => at(a.to) - at(b.to)) }));
}

export function keyOfPlace({ from, to }: Place): string {
  return `${from} → ${to}`;
}
