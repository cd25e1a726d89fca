import assert from 'node:assert/strict';
import { oracle } from '../oracle.ts';
import type { ServedPort } from '../port.ts';
import { drawTable, type TruthTable } from '../table.ts';
import { namespaces, pods, ports } from '../testing/three-by-three.ts';
import { idOf, type World } from '../world.ts';
import type { Grid, Step, UpstreamCase } from './case.ts';
import { changeCases } from './changes.ts';
import { egressCases } from './egress.ts';
import { ingressCases, otherProtocolCases } from './ingress.ts';
import { portCases } from './ports.ts';

const cases = [...ingressCases, ...egressCases, ...portCases, ...changeCases, ...otherProtocolCases];
const ids = pods.map(idOf);

describe('the oracle on the 48 upstream cases', () => {
  it('has them all', () => {
    const names = cases.map(({ name }) => name);
    assert.equal(new Set(names).size, 48);
    assert.equal(names.length, 48);
    const of = (protocol: string) => names.filter((name) => name.startsWith(`[${protocol}]`)).length;
    assert.deepEqual([of('TCP'), of('UDP'), of('SCTP')], [42, 3, 3]);
  });

  for (const one of cases) {
    it(one.name, () => {
      for (const [index, step] of one.steps.entries()) agrees(one, index, step);
    });
  }
});

function agrees({ name }: UpstreamCase, index: number, step: Step): void {
  const table = oracle(worldOf(step)).table(ports);
  for (const port of ports) {
    assert.equal(drawTable(table, port), drawTable(byHand(step, port), port), `${name}, step ${index + 1}`);
  }
}

function worldOf({ policies, relabelled }: Step): World {
  return {
    policies,
    pods: pods.map((pod) => ({ ...pod, labels: relabelled?.pods?.[idOf(pod)] ?? pod.labels })),
    namespaces: namespaces.map(({ name, labels }) => ({
      name,
      labels: { ...labels, ...relabelled?.namespaces?.[name] },
    })),
  };
}

function byHand(step: Step, { protocol, port }: ServedPort): TruthTable {
  const grid = gridFor(step, `${protocol} ${port}`);
  const cells = ids.flatMap((from) => {
    const row = rowOf(grid, from);
    return ids.map((to, column) => {
      const self = step.isolated.split(' ').some((glob) => covers(glob, to))
        ? 'implementation-defined'
        : 'allowed';
      const other = row[column] === 'X' ? 'denied' : 'allowed';
      return { from, to, protocol, port, verdict: from === to ? self : other } as const;
    });
  });
  return { cells };
}

function gridFor({ tables }: Step, port: string): Grid {
  const named = Object.keys(tables).find((key) => key.split(', ').includes(port));
  return tables[named ?? '*'] ?? assert.fail(`no table for ${port}`);
}

function rowOf(grid: Grid, source: string): string {
  const lines = grid.split('\n').filter((line) => line.trim() !== '');
  const [, ...thirds] = (lines.find((line) => covers(line.trim().split(/\s+/)[0]!, source)) ?? '')
    .trim()
    .split(/\s+/);
  const row = thirds.join('');
  assert.match(row, /^[.X]{9}$/, `${source} in ${grid}`);
  return row;
}

function covers(glob: string, id: string): boolean {
  return glob === '*' || glob === id || (glob.endsWith('/*') && id.startsWith(glob.slice(0, -1)));
}
