import { explain, interrupted } from '@netproof/core';
import { ensureImages, type Images } from '@netproof/images';
import type { ClusterFolder } from './clusters.ts';
import { sweepClusters } from './sweep.ts';
import type { Ui } from './ui.ts';

export interface PrepareOptions {
  readonly clusters: readonly ClusterFolder[];
  /** File that all output of image tools is appended to. */
  readonly log: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/**
 * Removes what killed runs left and makes the images of clusters be there.
 *
 * @returns the images of a CNI
 * @throws NetproofError exit 3 for what the machine lacks, 130 after the signal
 */
export async function prepareMachine({ clusters, log, ui, signal }: PrepareOptions) {
  const { removed, left } = await sweepClusters({ kept: false });
  for (const { kindName } of removed) ui.line(`removed ${kindName}, which a killed run had left`);
  // What only takes space is no reason not to run.
  for (const why of left) ui.line(`! what a killed run had left is still here: ${explain(why)}`);
  const cnis = [...new Set(clusters.map(({ spec }) => spec.cni.name))];
  try {
    return await ui.step(
      'images',
      (say): Promise<(cni: string) => Images> =>
        ensureImages({
          cnis,
          log,
          signal,
          onProgress: ({ doing, fraction, secondsLeft }) => {
            const left = secondsLeft === undefined ? '' : `, about ${Math.ceil(secondsLeft / 60)} min left`;
            say(`${Math.round(fraction * 100)} %${left}: ${doing}`);
          },
          onWarning: (warning) => ui.line(`! ${warning}`),
        }),
    );
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  }
}
