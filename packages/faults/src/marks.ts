import { exitCode, NetproofError, type Nodes } from '@netproof/core';

/** The comment on every rule of ours, by which it is counted and found again. */
export const mark = 'netproof-fault';
/** A network device of ours that leads nowhere. */
export const nowhere = 'netproof-void';

export interface MarkedRule {
  readonly table: string;
  readonly chain: string;
  readonly spec: readonly string[];
}

/** Our rules in the output of `iptables-save`. None of them holds a quoted word. */
export function markedRules(save: string): readonly MarkedRule[] {
  let table = '';
  const found: MarkedRule[] = [];
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [verb, chain = '', ...spec] = line.split(' ');
    if (verb === '-A' && spec.includes(mark)) found.push({ table, chain, spec });
  }
  return found;
}

/**
 * Rejects when a fault is in place on one of the nodes: of this run after it was taken out, or of an earlier
 * run on a cluster that was kept.
 *
 * @throws NetproofError `FAULT_LEFT`
 */
export async function leftFaults(nodes: Nodes, names: readonly string[]): Promise<void> {
  const left = await Promise.all(
    names.map(async (node) => {
      const [save, links] = await Promise.all([
        nodes.run(node, ['iptables-save']),
        nodes.run(node, ['ip', '-brief', 'link']),
      ]);
      const rules = markedRules(save.stdout).map(({ table, chain }) => `a rule in ${table} ${chain}`);
      const devices = links.stdout.includes(nowhere) ? [`the device ${nowhere}`] : [];
      return [...rules, ...devices].map((what) => `${node}: ${what}`);
    }),
  );
  refuseLeft(left.flat());
}

/** @throws NetproofError `FAULT_LEFT` when there is anything */
export function refuseLeft(left: readonly string[]): void {
  if (left.length === 0) return;
  throw new NetproofError(`a fault is still in place:\n${left.map((what) => `  ${what}`).join('\n')}`, {
    code: 'FAULT_LEFT',
    exit: exitCode.defect,
    hint: 'this cluster is no longer clean: delete it with: pnpm netproof clean',
  });
}
