import {
  bounds,
  type Cell,
  type Coverage,
  type Endpoint,
  type MatrixPlan,
  type Probes,
} from '@netproof/core';
import { servedPorts } from './agent/wire.ts';
import { AgentStream, type StreamEvent } from './agent-stream.ts';
import { keep } from './keep.ts';
import type { Open } from './link.ts';
import { matrix, turns } from './matrix.ts';
import { Openings } from './openings.ts';
import { packets } from './packets.ts';
import type { Reach, Timing } from './reach.ts';
import { resolve } from './resolve.ts';
import { sample } from './sample.ts';
import { watch } from './watch.ts';

/** Probing over one control stream per endpoint, until it is disposed of. */
export interface OpenProbes extends Probes, AsyncDisposable {
  /**
   * Opens a stream to an endpoint more, which can be probed at once; what it is asked itself waits for the stream. One
   * to an endpoint of the same id is closed.
   *
   * @returns the stream, and when it is open; that rejects as {@link openProbes} does
   */
  join(endpoint: Endpoint): { readonly stream: AgentStream; readonly opened: Promise<void> };
  /** Closes the stream of an endpoint that has joined. */
  leave(endpoint: Endpoint): void;
  /** Streams opened since the start; as many as endpoints in an undisturbed run. */
  readonly streamsOpened: number;
  /** A matrix turn by turn, each as it is answered: what was asked is not kept. */
  turns(plan: MatrixPlan): AsyncGenerator<readonly Cell[]>;
}

export interface ProbesPlan {
  readonly endpoints: readonly Endpoint[];
  /** How an endpoint's agent is reached: `throughExec(kube)` for pods. */
  readonly open: Open;
  /** Told when a stream is lost, comes back or stays away. */
  readonly onStream?: (event: StreamEvent) => void;
  /** Ports on which the agents of pods and nodes serve. */
  readonly served?: readonly number[];
  readonly timing?: Timing;
  /** Which pairs of a matrix are asked: all of them without it. */
  readonly coverage?: Coverage;
  /** What a sample is drawn by, the run's id: within a run every matrix on the same endpoints draws the same. */
  readonly seed?: string;
}

/**
 * Opens all control streams.
 *
 * @throws NetproofError when an agent cannot be reached; the streams that did open are closed
 */
export async function openProbes(plan: ProbesPlan): Promise<OpenProbes> {
  const { endpoints, open, onStream = () => {}, served = servedPorts, timing = bounds } = plan;
  const covering = { coverage: plan.coverage ?? 'all', seed: plan.seed ?? '' };
  const streamPlan = { open, openings: new Openings(), timing, onStream };
  const streams = new Map(endpoints.map((endpoint) => [endpoint.id, new AgentStream(endpoint, streamPlan)]));
  const close = () => {
    for (const stream of streams.values()) stream.close();
  };
  const starts = [...streams.values()].map((stream) => stream.start());
  try {
    await Promise.all(starts);
  } catch (error) {
    close(); // those that wait for their turn need not try
    await Promise.allSettled(starts);
    throw error;
  }
  const reach: Reach = { streams, timing };
  const leave = ({ id }: Endpoint) => {
    streams.get(id)?.close();
    streams.delete(id);
  };
  return {
    join(endpoint) {
      leave(endpoint);
      const stream = new AgentStream(endpoint, streamPlan);
      streams.set(endpoint.id, stream);
      // Other pods start beside it: a node on which its first stream comes too late is as busy as one that has lost it.
      const opened = stream.start(timing.streamReturn);
      opened.catch(() => {}); // whoever asks is told
      return { stream, opened };
    },
    leave,
    endpoints,
    served,
    get streamsOpened() {
      return [...streams.values()].reduce((sum, { opened }) => sum + opened, 0);
    },
    matrix: (matrixPlan) => matrix(matrixPlan, reach, covering),
    turns: (matrixPlan) => turns(matrixPlan, reach, covering),
    sample: (samplePlan) => sample(samplePlan, reach),
    resolve: (resolvePlan) => resolve(resolvePlan, reach),
    watch: (watchPlan) => watch(watchPlan, reach),
    keep: (keepPlan) => keep(keepPlan, reach),
    packets: (some) => packets(some, reach),
    [Symbol.asyncDispose]: async () => close(),
  };
}
