import { type AppliedFault, exitCode, NetproofError, type Nodes } from '@netproof/core';

/** The comment on every rule of ours, by which it is counted and found again. */
const mark = 'netproof-fault';

export interface Rule {
  readonly node: string;
  readonly table: 'nat' | 'filter' | 'mangle';
  readonly chain: string;
  /** Matches and jump, without table, chain and comment. */
  readonly spec: readonly string[];
}

/** Inserts rules at the top of their chains. What was inserted is taken out again when one of them fails. */
export async function insertRules(nodes: Nodes, rules: readonly Rule[]): Promise<AppliedFault> {
  const inserted: Rule[] = [];
  const revert = async (): Promise<void> => {
    while (inserted.length > 0) {
      const rule = inserted.at(-1) as Rule;
      await nodes.run(rule.node, command('-D', rule));
      inserted.pop();
    }
    for (const node of new Set(rules.map((rule) => rule.node))) await assertGone(nodes, node);
  };
  try {
    for (const rule of rules) {
      await nodes.run(rule.node, command('-I', rule));
      inserted.push(rule);
    }
  } catch (error) {
    await revert();
    throw error;
  }
  return { effect: () => packets(nodes, rules), revert };
}

function command(verb: '-I' | '-D', { table, chain, spec }: Rule): readonly string[] {
  return ['iptables', '-w', '-t', table, verb, chain, ...spec, '-m', 'comment', '--comment', mark];
}

/** The packets that our rules have counted, over all nodes. */
async function packets(nodes: Nodes, rules: readonly Rule[]): Promise<number> {
  const places = new Map(rules.map((rule) => [`${rule.node} ${rule.table} ${rule.chain}`, rule]));
  let sum = 0;
  for (const { node, table, chain } of places.values()) {
    const { stdout } = await nodes.run(node, ['iptables', '-w', '-t', table, '-L', chain, '-v', '-n', '-x']);
    sum += packetsOfMarked(stdout);
  }
  return sum;
}

/** Sums the first column (packets) of the lines of `iptables -L -v -x` that carry our comment. */
export function packetsOfMarked(listing: string): number {
  return listing
    .split('\n')
    .filter((line) => line.includes(`/* ${mark} */`))
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0);
}

async function assertGone(nodes: Nodes, node: string): Promise<void> {
  const { stdout } = await nodes.run(node, ['iptables-save']);
  const left = stdout.split('\n').filter((line) => line.includes(mark));
  if (left.length === 0) return;
  throw new NetproofError(`a rule of a fault is still on ${node} after its removal: ${left.join(' | ')}`, {
    code: 'FAULT_NOT_REVERTED',
    exit: exitCode.defect,
    hint: 'this cluster is no longer clean: delete it with: pnpm netproof clean',
  });
}
