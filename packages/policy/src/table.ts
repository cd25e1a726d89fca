import type { Via } from './left-open.ts';
import type { ServedPort } from './port.ts';
import type { Decision, PolicyVerdict } from './verdict.ts';
import { idOf, isPod, type PolicyEndpoint } from './world.ts';

/** One ordered pair on one port. */
export interface TruthCell extends ServedPort {
  /** Ids, as of core's endpoints. */
  readonly from: string;
  readonly to: string;
  readonly verdict: PolicyVerdict;
}

/** What policies allow, as data. */
export interface TruthTable {
  readonly via?: Via | undefined;
  readonly cells: readonly TruthCell[];
}

/** One table in letters for people, a row a source: `.` allowed, `X` denied, `?` left open, blank where neither is a pod. */
export function drawTable({ cells }: TruthTable, { protocol, port }: ServedPort): string {
  const shown = cells.filter((cell) => cell.protocol === protocol && cell.port === port);
  const letters = new Map(shown.map(({ from, to, verdict }) => [`${from} ${to}`, letterOf[verdict]]));
  const sources = [...new Set(shown.map(({ from }) => from))];
  const targets = [...new Set(shown.map(({ to }) => to))];
  const corner = `${protocol} ${port}`;
  const width = Math.max(corner.length, ...sources.map((id) => id.length));
  const row = (title: string, columns: readonly string[]) =>
    [title.padEnd(width), ...columns.map((text, at) => text.padStart(targets[at]!.length))]
      .join(' ')
      .trimEnd();
  return [
    row(corner, targets),
    ...sources.map((from) =>
      row(
        from,
        targets.map((to) => letters.get(`${from} ${to}`) ?? ''),
      ),
    ),
  ].join('\n');
}

/** All pairs of ends of which one at least is a pod; policies say nothing of others. */
export function cellsOf(
  ends: readonly PolicyEndpoint[],
  ports: readonly ServedPort[],
  answer: (question: Omit<TruthCell, 'verdict'>) => Decision,
): readonly TruthCell[] {
  return ports.flatMap(({ protocol, port }) =>
    ends.flatMap((from) =>
      ends
        .filter((to) => isPod(from) || isPod(to))
        .map((to) => {
          const question = { from: idOf(from), to: idOf(to), protocol, port };
          return { ...question, verdict: answer(question).verdict };
        }),
    ),
  );
}

const letterOf = {
  allowed: '.',
  denied: 'X',
  'implementation-defined': '?',
} as const satisfies Record<PolicyVerdict, string>;
