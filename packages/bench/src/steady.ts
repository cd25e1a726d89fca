import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rateAtMost } from '@netproof/stats';
import { judgedRun } from './judged-run.ts';
import { cheapest, onCluster } from './on-cluster.ts';

const runs = 20;

/** The part of results.json that is counted. */
interface Results {
  readonly checks: readonly {
    readonly id: string;
    readonly outcomes: readonly { readonly result: string }[];
  }[];
}

/**
 * All checks so many times on one cluster where nothing is wrong, the first try of each: what did not pass, and
 * the rate of false red with its upper bound. The cluster is made for it and removed.
 */
export async function benchSteady(): Promise<void> {
  const tries: { readonly check: string; readonly result: string }[] = [];
  await onCluster('bridge', cheapest, async ({ kindName }) => {
    for (let run = 1; run <= runs; run += 1) {
      const folder = await judgedRun(['run', '--on', kindName]);
      const { checks } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
      tries.push(
        ...checks.flatMap(({ id, outcomes }) => outcomes.map(({ result }) => ({ check: id, result }))),
      );
    }
  });
  tell(tries);
}

function tell(tries: readonly { readonly check: string; readonly result: string }[]): void {
  const applicable = tries.filter(({ result }) => result !== 'not-applicable');
  const lines = [...Map.groupBy(tries, ({ check }) => check)].map(([check, own]) => {
    const counts = [...Map.groupBy(own, ({ result }) => result)].map(
      ([result, some]) => `${some.length} ${result}`,
    );
    return `${check}: ${counts.join(', ')}`;
  });
  const red = tries.filter(({ result }) => result === 'fail' || result === 'error').length;
  const bound = (100 * rateAtMost(red, applicable.length)).toFixed(2);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  process.stdout.write(
    `${red} false red of ${applicable.length} first tries in ${runs} runs: with 95 % confidence at most ${bound} % of tries\n`,
  );
}
