import assert from 'node:assert/strict';
import type { Cell, Endpoint, Port } from '@netproof/core';
import { type NetworkPolicy, oracle } from '@netproof/policy';
import type { Held } from './field.ts';
import { policy } from './policy.ts';
import { type Stage, standingOver } from './standing.ts';
import { oracleId, type PolicyState, worldOf } from './world.ts';

const pods: readonly Endpoint[] = ['x', 'y'].flatMap((space, row) =>
  ['a', 'b'].map((name, column) => ({
    kind: 'pod' as const,
    id: `${space}/${name}`,
    node: `node${column}`,
    ip: `10.1.${column}.${row + 2}`,
    labels: { pod: name },
  })),
);
const namespaces = Object.fromEntries(
  ['x', 'y'].map((space) => [
    `netproof-${space}`,
    { 'kubernetes.io/metadata.name': `netproof-${space}`, space },
  ]),
);
const port = { protocol: 'TCP', port: 8080 } as const;

const stage = (state: PolicyState): Stage => ({
  title: '',
  state,
  truth: oracle(worldOf(pods, namespaces, state)),
});

/** Every pair of two pods, and what a stage says of it. */
function allIn({ truth }: Stage, asked: Port = port): readonly Held[] {
  return pods.flatMap((source) =>
    pods
      .filter((endpoint) => endpoint !== source)
      .map((endpoint): Held => {
        const target = { label: endpoint.id, address: endpoint.ip, servers: [], endpoint };
        const cell: Cell = { source, target, port: asked, verdict: 'connected', attempts: 1, answered: 1 };
        const question = { from: oracleId(source), to: oracleId(endpoint), ...port };
        return { cell, via: undefined, expected: truth.decide(question).verdict };
      }),
  );
}

/** The pairs that one policy at least keeps denied, with its name: `x/a > y/a by netproof-y/deny`. */
function told(before: PolicyState | undefined, now: PolicyState): readonly string[] {
  const next = stage(now);
  const standing = standingOver(before && stage(before), next);
  return allIn(next).flatMap((held) => {
    const by = standing(held)?.metadata;
    return by ? [`${held.cell.source.id} > ${held.cell.target.label} by ${by.namespace}/${by.name}`] : [];
  });
}

describe('what is denied all the time while a state becomes the next one', () => {
  const denyY = policy('y', 'deny', { podSelector: {} });
  const toNobody = policy('x', 'to-nobody', { podSelector: {}, policyTypes: ['Egress'] });
  const fromX = policy('y', 'from-x', {
    podSelector: {},
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { space: 'x' } } }] }],
  });
  const toY = ['x/a', 'x/b', 'y/b'].map((from) => `${from} > y/a by netproof-y/deny`);

  it('is what a policy denies that stays, at either end', () => {
    const came = told({ policies: [denyY] }, { policies: [denyY, toNobody] });
    assert.deepEqual(
      came.filter((one) => one.includes('> y/a')),
      toY,
    );
    const egress = told({ policies: [toNobody] }, { policies: [fromX, toNobody] });
    assert.deepEqual(
      egress.filter((one) => one.startsWith('x/a')),
      ['x/b', 'y/a', 'y/b'].map((to) => `x/a > ${to} by netproof-x/to-nobody`),
    );
  });

  it('is nothing where nothing came before, and where labels change', () => {
    assert.deepEqual(told(undefined, { policies: [denyY] }), []);
    const podLabels = { 'x/a': { role: 'one' } };
    assert.deepEqual(told({ policies: [denyY] }, { policies: [denyY], podLabels }), []);
    assert.ok(told({ policies: [denyY], podLabels }, { policies: [denyY], podLabels }).length > 0);
  });

  it('is not what another end denied before', () => {
    // From x to y it is denied by the client before and by the server after; the policy of the server stays.
    const before = { policies: [denyY, fromX, toNobody] };
    const came = told(before, { policies: [denyY] });
    assert.deepEqual(
      came.filter((one) => one.startsWith('x/')),
      [],
    );
    assert.deepEqual(
      came.filter((one) => one.includes('> y/a')),
      ['y/b > y/a by netproof-y/deny'],
    );
  });

  it('is denied whichever part of the change is made first', () => {
    const from = (...ingress: NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>) => ({ ingress });
    const own = { podSelector: {} };
    const specs = [
      { podSelector: {} },
      { podSelector: { matchLabels: { pod: 'a' } }, ...from({ from: [own] }) },
      { podSelector: {}, ...from({ from: [{ namespaceSelector: { matchLabels: { space: 'x' } } }] }) },
      { podSelector: {}, policyTypes: ['Egress' as const], egress: [{ to: [own] }] },
    ];
    const known = new Map<string, Stage>();
    /** Policies by which spec each has; none where there is no such spec. */
    const stageOf = (which: readonly number[]): Stage => {
      const made = which.flatMap((spec, at) => {
        const one = specs[spec];
        return one ? [policy(at === 1 ? 'x' : 'y', `p${at}`, one)] : [];
      });
      const it = known.get(which.join()) ?? stage({ policies: made });
      known.set(which.join(), it);
      return it;
    };
    const each = [...specs.keys(), specs.length];
    const pairs = each.flatMap((one) => each.map((other) => [one, other] as const));
    let some = 0;
    for (const stays of specs.keys()) {
      for (const [was1, was2] of pairs) {
        for (const [is1, is2] of pairs) {
          const now = stageOf([stays, is1, is2]);
          const standing = standingOver(stageOf([stays, was1, was2]), now);
          const told = allIn(now).map((held) => standing(held) !== undefined);
          for (const between of [stageOf([stays, was1, is2]), stageOf([stays, is1, was2])]) {
            for (const [at, { expected }] of allIn(between).entries()) {
              if (!told[at]) continue;
              some += 1;
              assert.equal(expected, 'denied');
            }
          }
        }
      }
    }
    assert.ok(some > 1_000, `${some} were told of`);
  });
});
