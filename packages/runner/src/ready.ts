import { bounds, exitCode, explain, NetproofError } from '@netproof/core';
import type { Kube, Manifest } from '@netproof/kube';
import type { ClusterFolder } from './clusters.ts';

/**
 * Applied to the CoreDNS that is there: it is ready a moment after its start, but is asked for that every ten seconds
 * only, the first time before it listens. With a startup probe it is asked every second until then.
 */
export const dnsStartsSooner: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace: 'kube-system' },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'coredns',
            startupProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1, failureThreshold: 60 },
          },
        ],
      },
    },
  },
};

/**
 * Waits until the CNI's own workloads, CoreDNS and every node are ready, whichever CNI it is.
 *
 * @throws NetproofError `NOT_READY` with the state, events and last log lines of what is not. What the CNI itself
 *   lacks is told alone: without it no node is ready and CoreDNS has no address
 */
export async function clusterReady(
  wait: Pick<Kube['wait'], 'nodes' | 'available'>,
  { name, spec }: Pick<ClusterFolder, 'name' | 'spec'>,
  nodeCount: number,
): Promise<void> {
  const end = performance.now() + bounds.clusterReady;
  const lacking = () =>
    failures(
      spec.ready.map((workload) => {
        const [kind = '', namespace = '', name = ''] = workload.split('/');
        const left = Math.max(1, Math.ceil(end - performance.now()));
        return wait.available(kind === 'daemonset' ? 'DaemonSet' : 'Deployment', namespace, name, left);
      }),
    );
  const early = lacking();
  const rest = failures([wait.available('Deployment', 'kube-system', 'coredns'), wait.nodes(nodeCount)]);
  let ofCni = await early;
  const ofRest = ofCni.length > 0 ? [] : await rest;
  // A DaemonSet that was everywhere before the workers joined need not be on them yet.
  if (ofCni.length + ofRest.length === 0) ofCni = await lacking();
  const told = ofCni.length > 0 ? ofCni : ofRest;
  if (told.length === 0) return;
  const what = ofCni.length > 0 ? `the CNI of ${name} did not get ready` : `${name} did not get ready`;
  throw new NetproofError([`${what}:`, ...told.map((error) => `  ${explain(error)}`)].join('\n'), {
    code: 'NOT_READY',
    exit: exitCode.environment,
  });
}

/**
 * Of all of them, so that the first to fail does not hide why. One that will never have its image says enough, and at
 * once: whoever else waits for it would do so to the end.
 */
async function failures(work: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const hopeless = Promise.withResolvers<readonly unknown[]>();
  for (const one of work) {
    one.catch((error: unknown) => {
      if (error instanceof NetproofError && error.code === 'IMAGE_NOT_PULLED') hopeless.resolve([error]);
    });
  }
  const ended = Promise.allSettled(work).then((all) =>
    all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
  );
  return Promise.race([hopeless.promise, ended]);
}
