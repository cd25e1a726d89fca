import { HttpMethod } from '@kubernetes/client-node';
import { explain } from '@netproof/core';
import type { Api } from './api.ts';
import { type Node, nameOf, type Pod, type Selection } from './objects.ts';

const eventsShown = 3;
const logLinesShown = '5';

interface Event {
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * Why a pod is not ready, on one line: what each container waits for, the pod's last events and the last
 * lines that its containers wrote; all of them where none is to blame. What cannot be read says so; it never rejects.
 */
export async function whyPod(api: Api, pod: Pod): Promise<string> {
  const where = pod.spec?.nodeName === undefined ? '' : ` on ${pod.spec.nodeName}`;
  const parts = [`${nameOf({ ...pod, kind: 'Pod' })}${where}: ${stateOf(pod)}`];
  const events = await lastEvents(api, pod);
  if (events.length > 0) parts.push(`events: ${events.join(' | ')}`);
  const blamed = unready(pod.status);
  const telling = blamed.length > 0 ? blamed : (pod.status?.containerStatuses ?? []);
  const logs = await Promise.all(telling.map(({ name }) => lastLines(api, pod, name)));
  return [...parts, ...logs.filter((log) => log !== '')].join('; ');
}

/** The same of each pod of a selection, ready or not. */
export async function whyPods(api: Api, selection: Selection): Promise<string[]> {
  try {
    const { items } = await api.list<Pod>(selection);
    if (items.length === 0) return [`there is no pod of ${selection.labelSelector}`];
    return await Promise.all(items.map((pod) => whyPod(api, pod)));
  } catch (error) {
    return [`its pods cannot be read, ${explain(error)}`];
  }
}

export function whyNode({ metadata, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return `Node ${metadata?.name}: ${ready?.message ?? 'has not reported yet'}`;
}

function stateOf({ metadata, status }: Pod): string {
  if (metadata?.deletionTimestamp !== undefined) return 'is being deleted';
  const conditions = (status?.conditions ?? []).filter(
    ({ status, message }) => status === 'False' && message,
  );
  const containers = unready(status).map(({ name, state, restartCount }) => {
    const { waiting, terminated } = state ?? {};
    const why = waiting ?? terminated;
    const said =
      why === undefined ? 'running, not ready' : [why.reason, why.message].filter(Boolean).join(': ');
    return `container ${name} ${said}${restartCount > 0 ? ` (restarted ${restartCount} times)` : ''}`;
  });
  const reasons = containers.length > 0 ? containers : conditions.map(({ message }) => message);
  return [status?.phase ?? 'not yet seen', ...reasons].join(', ');
}

function unready(status: Pod['status']) {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].filter(
    ({ ready, state }) => !ready && state?.terminated?.exitCode !== 0,
  );
}

async function lastEvents(api: Api, { metadata }: Pod): Promise<string[]> {
  try {
    const { items } = await api.list<Event>({
      apiVersion: 'v1',
      kind: 'Event',
      ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
      fieldSelector: `involvedObject.name=${metadata?.name}`,
    });
    const when = ({ lastTimestamp, eventTime }: Event) => lastTimestamp ?? eventTime ?? '';
    return items
      .toSorted((a, b) => when(a).localeCompare(when(b)))
      .slice(-eventsShown)
      .map(({ reason, message }) => `${reason}: ${message}`);
  } catch (error) {
    return [`not readable, ${explain(error)}`];
  }
}

async function lastLines(api: Api, { metadata }: Pod, container: string): Promise<string> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/log`;
  try {
    const text = await api.text(HttpMethod.GET, path, { query: { container, tailLines: logLinesShown } });
    const lines = text.trim().split('\n').join(' | ');
    return lines === '' ? '' : `log of ${container}: ${lines}`;
  } catch {
    return ''; // a container that has not started has no log, and the API says so with a 400
  }
}
