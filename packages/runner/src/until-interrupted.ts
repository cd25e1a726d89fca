import { type CheckContext, interrupted } from '@netproof/core';

type Asking = Pick<CheckContext, 'probes' | 'load' | 'pods'>;

/**
 * What a check asks and starts, until the signal: whatever comes after it rejects with `INTERRUPTED`, so that a check of
 * minutes ends with its next question. What takes back what it did is not refused.
 */
export function untilInterrupted({ probes, load, pods }: Asking, signal: AbortSignal): Asking {
  const guarded =
    <A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      if (signal.aborted) throw interrupted();
      return act(...args);
    };
  return {
    probes: {
      endpoints: probes.endpoints,
      served: probes.served,
      matrix: guarded((plan) => probes.matrix(plan)),
      sample: guarded((plan) => probes.sample(plan)),
      resolve: guarded((plan) => probes.resolve(plan)),
      watch: guarded((plan) => probes.watch(plan)),
      keep: guarded((plan) => probes.keep(plan)),
      packets: guarded((endpoints) => probes.packets(endpoints)),
    },
    load: { compare: guarded((plan) => load.compare(plan)) },
    pods: {
      start: guarded((node) => pods.start(node)),
      restart: guarded((pod) => pods.restart(pod)),
      terminate: guarded((pod) => pods.terminate(pod)),
      remove: (some) => pods.remove(some),
    },
  };
}
