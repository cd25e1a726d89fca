import { spread } from './figures.ts';
import { netproof } from './netproof.ts';

const runs = 3;

/** From `netproof run` to the written report and the deleted cluster, images cached. Its phases are in the report. */
export async function benchStart(): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push((await netproof(['run'])) / 1000);
  process.stdout.write(`\nnetproof run, images cached: ${spread(times, 's', 1)}\n`);
}
