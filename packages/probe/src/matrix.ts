import type { Cell, MatrixPlan, Table } from '@netproof/core';
import type { Ask } from './agent/wire.ts';
import { Batches, controlOf, type Findings } from './batch.ts';
import { negativeOf, type Opening, prove, serversOf } from './controls.ts';
import { type Covering, courseOf, type Turn } from './coverage.ts';
import type { Reach } from './reach.ts';
import { type Answering, verdictOf } from './verdict.ts';

interface Question extends Pick<Cell, 'source' | 'target' | 'port' | 'padding' | 'unfragmented'> {
  readonly ask: Ask;
}

/** Asks all that the run's coverage takes of a plan. */
export async function matrix(plan: MatrixPlan, reach: Reach, covering: Covering): Promise<Table> {
  const since = performance.now();
  const covered = courseOf(plan, covering).covered?.();
  const cells: Cell[] = [];
  for await (const turn of turns(plan, reach, covering)) for (const cell of turn) cells.push(cell);
  return { cells, ms: performance.now() - since, ...(covered && { covered }) };
}

/** The same, one turn after the other: a turn begins when the one before is answered. */
export async function* turns(
  plan: MatrixPlan,
  within: Reach,
  covering: Covering,
): AsyncGenerator<readonly Cell[]> {
  const reach = { ...within, timing: { ...within.timing, ...plan.window } };
  for (const turn of courseOf(plan, covering).turns()) yield await ask(questionsOf(turn, plan), reach);
}

/** Asks every source once for all of its cells and, with them, every endpoint for its positive controls. */
async function ask(questions: readonly Question[], reach: Reach): Promise<readonly Cell[]> {
  const batches = new Batches();
  for (const { source, target, port, ask } of questions) {
    const own = batches.of(source);
    own.add(ask);
    own.add(controlOf(port));
    for (const server of serversOf(target, reach)) batches.of(server).add(controlOf(port));
  }
  const opening = batches.run(reach);
  const bySource = Map.groupBy(questions, ({ source }) => source.id);
  const cells = await Promise.all(
    [...bySource].map(async ([id, own]) => {
      const findings = await opening.get(id);
      const answered = own.map((question) => cellOf(question, findings));
      return proved(answered, opening, reach); // at once: others may take long to answer
    }),
  );
  return cells.flat();
}

async function proved(cells: readonly Cell[], opening: Opening, reach: Reach) {
  const negatives = cells.flatMap((cell) => negativeOf(cell, reach) ?? []);
  if (negatives.length === 0) return cells;
  const doubt = await prove(negatives, opening, reach);
  return cells.map((cell): Cell => {
    const negative = negativeOf(cell, reach);
    const reason = negative === undefined ? undefined : doubt(negative);
    return reason === undefined ? cell : { ...cell, verdict: 'probe-error', reason };
  });
}

function questionsOf(turn: Turn, { ports, padding, unfragmented }: MatrixPlan): readonly Question[] {
  const more = { ...(padding !== undefined && { padding }), ...(unfragmented && { unfragmented }) };
  return turn.flatMap(({ source, target }) =>
    ports.map((port) => ({
      ...{ source, target, port, ...more },
      ask: { ...port, ...more, address: target.address },
    })),
  );
}

function cellOf({ ask, ...asked }: Question, findings: Findings | undefined): Cell {
  const attempts = findings?.of(ask);
  if (attempts !== undefined) return { ...asked, ...verdictOf(attempts, answering(asked)) };
  const reason = findings?.failure ?? 'it was not asked';
  return { ...asked, verdict: 'probe-error', attempts: 0, answered: 0, reason };
}

/** Who answers an echo says no name: it is known by its address, and by that alone. */
function answering({ target, port }: Pick<Cell, 'target' | 'port'>): Answering {
  return port.protocol === 'ICMP' ? { servers: [target.address] } : target;
}
