import type { Cell, MatrixPlan, Table } from '@netproof/core';
import type { Ask } from './agent/wire.ts';
import { Batches, controlOf, type Findings } from './batch.ts';
import { negativeOf, type Opening, prove, serversOf } from './controls.ts';
import type { Reach } from './reach.ts';
import { verdictOf } from './verdict.ts';

interface Question extends Pick<Cell, 'source' | 'target' | 'port' | 'padding' | 'unfragmented'> {
  readonly ask: Ask;
}

/** Asks every source once for all of its cells and, with them, every endpoint for its positive controls. */
export async function matrix(plan: MatrixPlan, within: Reach): Promise<Table> {
  const reach = { ...within, timing: { ...within.timing, ...plan.window } };
  const since = performance.now();
  const questions = questionsOf(plan);
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
  return { cells: cells.flat(), ms: performance.now() - since };
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

function questionsOf(plan: MatrixPlan): Question[] {
  const { sources, targets, ports, pairs = () => true, padding, unfragmented } = plan;
  const more = { ...(padding !== undefined && { padding }), ...(unfragmented && { unfragmented }) };
  return sources.flatMap((source) =>
    targets
      .filter((target) => pairs(source, target))
      .flatMap((target) =>
        ports.map((port) => ({
          ...{ source, target, port, ...more },
          ask: { ...port, ...more, address: target.address },
        })),
      ),
  );
}

function cellOf({ ask, ...asked }: Question, findings: Findings | undefined): Cell {
  const attempts = findings?.of(ask);
  if (attempts !== undefined) return { ...asked, ...verdictOf(attempts, answering(asked)) };
  const reason = findings?.failure ?? 'it was not asked';
  return { ...asked, verdict: 'probe-error', attempts: 0, answered: 0, reason };
}

/** Who answers an echo says no name: it is known by its address, and by that alone. */
function answering({ target, port }: Pick<Cell, 'target' | 'port'>): readonly string[] {
  return port.protocol === 'ICMP' ? [target.address] : target.servers;
}
