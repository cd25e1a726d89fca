import type { Cell, CheckContext, IsolationStep, Milliseconds, Table } from '@netproof/core';

/** What one side made of a step. */
export interface Side {
  readonly verdicts: number;
  /** Those that only looked whether policies were enforced by now included. */
  readonly probes: number;
  readonly ms: Milliseconds;
}

/** One step, judged by both. */
export interface Turn {
  readonly title: string;
  readonly agents: Side;
  /** `alike`: how many verdicts are those that the agents gave. */
  readonly execs: Side & { readonly alike: number };
}

export interface TurnsPlan extends Pick<CheckContext, 'probes' | 'isolation'> {
  /** Whether a probe is answered; undefined where nobody knows. Called for all that are to be asked at once. */
  readonly byExecs: (cells: readonly Cell[]) => Promise<readonly (boolean | undefined)[]>;
  /** Each n-th pair of a step is asked by exec, other ones in each step: all of them would take too long. */
  readonly everyNth: number;
  /** Once execs have taken so long, no more are made. */
  readonly atMost: Milliseconds;
}

/**
 * Gives a check of isolation probes and policies as they are, and after each of its steps, before anything is changed
 * again, has pairs of the step asked once more by exec. A check ends by taking its policies back, so no step is left.
 */
export function inTurns(plan: TurnsPlan) {
  const { probes, isolation, everyNth, atMost } = plan;
  const turns: Turn[] = [];
  let asked: Table[] = [];
  let told: IsolationStep | undefined;
  let spent = 0;
  const turn = async () => {
    const [step, tables] = [told, asked];
    told = undefined;
    asked = [];
    const last = tables.at(-1);
    if (step === undefined || last === undefined || spent >= atMost) return;
    const cells = last.cells.filter((_, at) => at % everyNth === turns.length % everyNth);
    const start = performance.now();
    const answers = await plan.byExecs(cells);
    const ms = performance.now() - start;
    spent += ms;
    turns.push({
      title: step.title,
      agents: {
        verdicts: last.cells.length,
        probes: tables.reduce((sum, table) => sum + table.cells.length, 0),
        ms: step.ms,
      },
      execs: {
        verdicts: answers.filter((answer) => answer !== undefined).length,
        probes: cells.length,
        ms,
        alike: cells.filter(({ verdict }, at) => (verdict === 'connected') === answers[at]).length,
      },
    });
  };
  return {
    turns: turns as readonly Turn[],
    context: {
      probes: {
        ...probes,
        async matrix(matrix) {
          const table = await probes.matrix(matrix);
          asked.push(table);
          return table;
        },
      },
      isolation: {
        namespaces: () => isolation.namespaces(),
        async set(state) {
          await turn();
          return isolation.set(state);
        },
        tell(step) {
          told = step;
        },
      },
    } satisfies Pick<CheckContext, 'probes' | 'isolation'>,
  };
}
