import Mocha from 'mocha';

/** One test: it passes, or it throws what went wrong. */
export interface Case {
  readonly title: string;
  run(): Promise<void>;
}

/** Tests under one title, run in their order. */
export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** Ends a case without a verdict: mocha counts it as pending. */
export class Undecided extends Error {}

/** Results are printed and kept by who runs the checks; mocha orders, bounds and counts. */
class Silent {}

/**
 * Runs groups one after the other in mocha.
 *
 * @returns how many cases mocha ran to an end. Fewer than there are means that the signal came.
 */
export async function runInMocha(groups: readonly Group[], signal: AbortSignal): Promise<number> {
  // A check has its own bound (bounds.check), which can say more than mocha's.
  const mocha = new Mocha({ reporter: Silent as unknown as string, timeout: 0 });
  for (const { title, cases } of groups) {
    const suite = Mocha.Suite.create(mocha.suite, title);
    for (const { title, run } of cases) {
      suite.addTest(
        new Mocha.Test(title, async function (this: Mocha.Context) {
          try {
            await run();
          } catch (error) {
            if (error instanceof Undecided) this.skip();
            throw error;
          }
        }),
      );
    }
  }
  let ended = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('test end', () => {
      ended += 1;
    });
    signal.addEventListener('abort', () => runner.abort(), { once: true });
    if (signal.aborted) runner.abort();
  });
  return ended;
}
