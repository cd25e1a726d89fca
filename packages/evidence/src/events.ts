import type { Manifest } from '@netproof/kube';
import { namespacePrefix, podOf } from '@netproof/kube/names';
import { textTable } from './text-table.ts';

/** Older ones are told by newer ones: an event that comes again is counted. */
const atMost = 60;

/** What is read of an Event of the API (`v1`); its older and its newer form keep their time in different fields. */
interface Event {
  readonly metadata: { readonly creationTimestamp?: string | null };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string | null; readonly count?: number } | null;
  readonly count?: number | null;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly source?: { readonly host?: string };
  readonly involvedObject: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
}

/**
 * The last events of the nodes, of what their kubelets did there, and of the pods that are concerned; the last one
 * last. Other probes are left out.
 *
 * @param all every Event of the cluster
 * @param about.endpoints ids of the pods: `x/a`
 */
export function eventsOf(
  all: readonly Manifest[],
  { nodes, endpoints }: { readonly nodes: readonly string[]; readonly endpoints: readonly string[] },
): string {
  const pods = endpoints.map(podOf);
  const concerned = (all as readonly unknown[] as readonly Event[]).filter(({ involvedObject, source }) => {
    const { kind, namespace = '', name = '' } = involvedObject;
    if (kind === 'Node') return nodes.includes(name);
    if (kind === 'Pod' && pods.some((one) => one.namespace === namespace && one.pod === name)) return true;
    return nodes.includes(source?.host ?? '') && !namespace.startsWith(namespacePrefix);
  });
  const last = concerned.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).slice(-atMost);
  if (last.length === 0) return 'no event';
  return textTable(
    ['last seen', 'times', 'type', 'object', 'reason', 'message'],
    last.map((event) => {
      const { kind = '', namespace, name = '' } = event.involvedObject;
      const object = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
      const times = event.series?.count ?? event.count ?? 1;
      const { type = '', reason = '', message = '' } = event;
      return [timeOf(event), times, type, object, reason, message.replaceAll(/\s+/g, ' ')];
    }),
  );
}

function timeOf({ series, lastTimestamp, eventTime, metadata }: Event): string {
  // To the second: the fields have their own fractions of it.
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
  return time.replace(/\.\d+/, '');
}
