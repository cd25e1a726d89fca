import { exitCode, explain, NetproofError } from '@netproof/core';
import Mocha from 'mocha';

/** One test: it passes, or it throws {@link Red}, {@link Undecided}, or what went wrong with the harness. */
export interface Case {
  readonly title: string;
  run(): Promise<void>;
}

/** Tests under one title, run in their order. */
export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** Ends a case whose result is a failure that is already recorded. */
export class Red extends Error {}

/** Ends a case without a verdict, recorded too: mocha counts it as pending. */
export class Undecided extends Error {}

/** Results are printed and kept by who runs the checks; mocha orders them. */
class Silent {}

/**
 * Runs groups one after the other in mocha.
 *
 * @param bail whether the first {@link Red} ends it
 * @returns `failures`: what the harness failed at, that is every failure but {@link Red}, and cases that mocha left
 *   out; empty when each case came to a result, or the run was ended. `left`: the titles of cases that were not run
 * @throws NetproofError with exit 3, as a case threw it: what the machine lacks it lacks for all later cases too,
 *   which were not run
 */
export async function runInMocha(
  groups: readonly Group[],
  { signal, bail = false }: { readonly signal: AbortSignal; readonly bail?: boolean },
): Promise<{ readonly failures: readonly string[]; readonly left: readonly string[] }> {
  // A check has its own bound (bounds.check), which can say more than mocha's.
  const mocha = new Mocha({ reporter: Silent as unknown as string, timeout: 0 });
  const planned: string[] = [];
  for (const { title, cases } of groups) {
    const suite = Mocha.Suite.create(mocha.suite, title);
    for (const { title, run } of cases) {
      planned.push(title);
      suite.addTest(new Mocha.Test(title, testOf(run)));
    }
  }
  const failures: string[] = [];
  let gone: NetproofError | undefined;
  let ended = 0;
  let bailed = false;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('test end', () => {
      ended += 1;
    });
    // Also what is thrown outside of any promise while a case runs.
    runner.on('fail', (test, error: unknown) => {
      if (error instanceof NetproofError && error.exit === exitCode.environment) {
        gone ??= error;
        runner.abort();
      } else if (!(error instanceof Red)) failures.push(`${test.fullTitle()}: ${explain(error)}`);
      else if (bail) {
        bailed = true;
        runner.abort();
      }
    });
    signal.addEventListener('abort', () => runner.abort(), { once: true });
    if (signal.aborted) runner.abort();
  });
  if (gone) throw gone;
  // It listens to the whole process until then.
  mocha.dispose();
  const left = planned.slice(ended);
  if (left.length > 0 && !bailed && !signal.aborted) {
    failures.push(`mocha ran ${ended} of ${planned.length} cases`);
  }
  return { failures, left };
}

function testOf(run: Case['run']): Mocha.AsyncFunc {
  return async function (this: Mocha.Context) {
    try {
      await run();
    } catch (error) {
      if (error instanceof Undecided) this.skip();
      throw error;
    }
  };
}
