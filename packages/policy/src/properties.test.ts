import assert from 'node:assert/strict';
import fc from 'fast-check';
import { directionsOf, type NetworkPolicy, nameOf, type PolicyPort } from './network-policy.ts';
import { type Oracle, oracle, type Question } from './oracle.ts';
import { drawTable, type TruthTable } from './table.ts';
import { asEgress, asIngress, policiesAbout, rulesAbout } from './testing/generators.ts';
import { mixed } from './testing/mixed-world.ts';
import { letThrough } from './testing/reference.ts';
import type { Decision, Reading } from './verdict.ts';
import { isPod } from './world.ts';

const { ports } = mixed;
const about = (policies: readonly NetworkPolicy[]): Oracle => oracle({ ...mixed, policies });
const tableOf = (policies: readonly NetworkPolicy[]): TruthTable => about(policies).table(ports);
const policies = policiesAbout(mixed);
const via = fc.constantFrom(undefined, 'ClusterIP' as const, 'NodePort' as const);
const rank = { denied: 0, 'implementation-defined': 1, allowed: 2 } as const;

/** One run asks of 840 cells, so that fewer runs see as much. */
const wholeTables = { numRuns: 40 };
const pairs = about([]).table([ports[0]!]).cells;

/** Policies, and one question about them. */
const asked: fc.Arbitrary<[readonly NetworkPolicy[], Question]> = fc
  .tuple(policies, fc.constantFrom(...pairs), fc.constantFrom(...ports), via)
  .map(([given, { from, to }, port, how]) => [given, { from, to, ...port, via: how }]);

function same(one: TruthTable, other: TruthTable): void {
  for (const port of ports) assert.equal(drawTable(one, port), drawTable(other, port));
}

function changed(given: readonly NetworkPolicy[], change: (spec: Spec) => Spec): readonly NetworkPolicy[] {
  return given.map((policy) => ({ ...policy, spec: change(policy.spec ?? {}) }));
}

type Spec = NonNullable<NetworkPolicy['spec']>;

function withPorts(spec: Spec, change: (port: PolicyPort) => PolicyPort): Spec {
  return {
    ...spec,
    ingress: spec.ingress?.map((rule) => ({ ...rule, ports: rule.ports?.map(change) })),
    egress: spec.egress?.map((rule) => ({ ...rule, ports: rule.ports?.map(change) })),
  };
}

describe('the oracle, whatever the policies', () => {
  it('says what a second way of counting says', () => {
    fc.assert(
      fc.property(policies, (given) => {
        const passes = letThrough({ ...mixed, policies: given }, ports);
        const asking = about(given);
        for (const cell of asking.table(ports).cells) {
          const may = passes.has(`${cell.from} ${cell.to} ${cell.protocol} ${cell.port}`)
            ? 'allowed'
            : 'denied';
          if (asking.decide(cell).read !== may) assert.fail(`not ${may}, but ${asking.explain(cell)}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on the order of the policies, nor do its reasons', () => {
    const shuffled = asked.chain(([given, question]) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray([...given], { minLength: given.length }),
        fc.constant(question),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([given, other, question]) => {
        assert.equal(about(given).explain(question), about(other).explain(question));
      }),
    );
  });

  it('does not deny because of another rule that allows', () => {
    fc.assert(
      fc.property(
        asked,
        fc.nat(),
        rulesAbout(mixed),
        fc.boolean(),
        ([given, question], which, rule, inwards) => {
          fc.pre(given.length > 0);
          const more = given.map((policy, index) => {
            if (index !== which % given.length) return policy;
            const { ingress, egress, ...spec } = policy.spec ?? {};
            return {
              ...policy,
              spec: {
                ...spec,
                // Said, because a first egress rule would otherwise make it a policy of type Egress.
                policyTypes: directionsOf(policy),
                ingress: inwards ? [...(ingress ?? []), asIngress(rule)] : (ingress ?? []),
                egress: inwards ? (egress ?? []) : [...(egress ?? []), asEgress(rule)],
              },
            };
          });
          const before = about(given).decide(question).verdict;
          assert(rank[about(more).decide(question).verdict] >= rank[before], about(more).explain(question));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('denies no more for another policy, where pods are isolated already', () => {
    fc.assert(
      fc.property(asked, policies, ([given, question], others) => {
        const before = about(given).decide(question);
        const renamed = others.map((one) => ({
          ...one,
          metadata: { ...one.metadata, name: `${one.metadata.name}-more` },
        }));
        const after = about([...given, ...renamed]).decide(question);
        for (const side of ['egress', 'ingress'] as const) {
          if (before[side].isolatedBy.length > 0)
            assert(rank[after[side].verdict] >= rank[before[side].verdict]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves what no policy selects open', () => {
    const nobody = { podSelector: { matchLabels: { nobody: 'has-this' } } };
    fc.assert(
      fc.property(asked, ([given, question]) => {
        const unselecting = changed(given, (spec) => ({ ...spec, ...nobody }));
        assert.equal(about(unselecting).decide(question).verdict, 'allowed');
      }),
    );
  });

  it('takes endPort n after port n for port n', () => {
    const ended = (port: PolicyPort): PolicyPort =>
      typeof port.port === 'number' ? { ...port, endPort: port.endPort ?? port.port } : port;
    fc.assert(
      fc.property(policies, (given) => {
        same(tableOf(given), tableOf(changed(given, (spec) => withPorts(spec, ended))));
      }),
      wholeTables,
    );
  });

  it('takes a range for its ports one by one', () => {
    const single = ({ port, endPort, ...rest }: PolicyPort): readonly PolicyPort[] =>
      typeof port === 'number' && typeof endPort === 'number'
        ? Array.from({ length: endPort - port + 1 }, (_, more) => ({ ...rest, port: port + more }))
        : [{ ...rest, port, endPort }];
    const singles = (spec: Spec): Spec => ({
      ...spec,
      ingress: spec.ingress?.map((rule) => ({ ...rule, ports: rule.ports?.flatMap(single) })),
      egress: spec.egress?.map((rule) => ({ ...rule, ports: rule.ports?.flatMap(single) })),
    });
    fc.assert(
      fc.property(policies, (given) => same(tableOf(given), tableOf(changed(given, singles)))),
      wholeTables,
    );
  });

  it('takes a missing field, an empty list and null for one, and no protocol for TCP', () => {
    const explicit = (spec: Spec): Spec => ({
      podSelector: spec.podSelector ?? {},
      policyTypes: spec.policyTypes ?? null,
      ingress: (spec.ingress ?? []).map(({ from, ports }) => ({ from: from ?? [], ports: ports ?? null })),
      egress: (spec.egress ?? []).map(({ to, ports }) => ({ to: to ?? null, ports: ports ?? [] })),
    });
    const tcp = (spec: Spec) => withPorts(spec, (port) => ({ ...port, protocol: port.protocol ?? 'TCP' }));
    fc.assert(
      fc.property(policies, (given) => {
        const table = tableOf(given);
        same(table, tableOf(changed(given, explicit)));
        same(table, tableOf(changed(given, tcp)));
      }),
      wholeTables,
    );
  });
});

describe('what the oracle explains, whatever the policies', () => {
  it('begins with the verdict', () => {
    fc.assert(
      fc.property(asked, ([given, question]) => {
        const { verdict } = about(given).decide(question);
        assert(about(given).explain(question).startsWith(`${verdict}: `));
      }),
      { numRuns: 300 },
    );
  });

  it('names, where it allows, rules that suffice without any other', () => {
    fc.assert(
      fc.property(asked, ([given, question]) => {
        const decision = about(given).decide(question);
        fc.pre(decision.verdict === 'allowed');
        const text = about(given).explain(question);
        for (const { by, isolatedBy } of sides(decision)) {
          assert.equal(by === undefined, isolatedBy.length === 0);
          if (by) assert(text.includes(`${nameOf(by.policy)} rule ${by.index}, `), text);
        }
        assert.equal(about(onlyWhatAllows(given, decision)).decide(question).verdict, 'allowed');
      }),
      { numRuns: 300 },
    );
  });

  it('names, where it denies, policies that suffice without any other, and a reason for each of their rules', () => {
    fc.assert(
      fc.property(asked, ([given, question]) => {
        const decision = about(given).decide(question);
        fc.pre(decision.verdict === 'denied');
        const text = about(given).explain(question);
        const denying = sides(decision).filter(({ verdict }) => verdict === 'denied');
        const named = denying.flatMap(({ isolatedBy }) => isolatedBy);
        for (const policy of named) assert(text.includes(`${nameOf(policy)} (policyTypes: `), text);
        for (const { policy, index } of denying.flatMap(({ rules }) => rules))
          assert(text.includes(`${nameOf(policy)} rule ${index}: `), text);
        assert.equal(about([...new Set(named)]).decide(question).verdict, 'denied');
        const concerning = about(given).concerning(question);
        const others = given.filter((policy) => !concerning.includes(policy));
        assert.equal(about(others).decide(question).verdict, 'allowed');
      }),
      { numRuns: 100 },
    );
  });
});

function sides({ egress, ingress }: Decision): readonly Reading[] {
  return [egress, ingress];
}

/** The policies with only those rules that the decision names, in their directions. */
function onlyWhatAllows(given: readonly NetworkPolicy[], decision: Decision): readonly NetworkPolicy[] {
  return given.map((policy) => {
    const kept = (side: Reading) => (side.by?.policy === policy ? side.by.index : -1);
    const { ingress, egress, ...spec } = policy.spec ?? {};
    return {
      ...policy,
      spec: {
        ...spec,
        policyTypes: directionsOf(policy),
        ingress: (ingress ?? []).filter((_, index) => index === kept(decision.ingress)),
        egress: (egress ?? []).filter((_, index) => index === kept(decision.egress)),
      },
    };
  });
}

describe('the generator of policies', () => {
  // Properties prove nothing of what is never generated. A fixed seed, so that this one cannot fail by chance.
  it('comes upon every verdict, kind of peer and kind of port, and each of them decides something', () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const [given, question] of fc.sample(asked, { numRuns: 2_000, seed: 6 })) {
      const decision = about(given).decide(question);
      count(decision.verdict);
      for (const { by, rules, subject } of sides(decision)) {
        if (!isPod(subject)) continue;
        if (!by) {
          for (const { peer, port } of rules) count(`missed by ${peer.match} peer, ${port.match} port`);
          continue;
        }
        const peer = by.rule.peers[by.peer.index ?? -1];
        const port = by.rule.ports[by.port.index ?? -1];
        count(peer ? `peer of ${Object.keys(peer).toSorted().join(' and ')}, ${by.match}` : 'any peer');
        if (peer?.ipBlock?.except?.length) count('ipBlock with except');
        count(port ? `port by ${typeof port.port}${port.endPort ? ' to endPort' : ''}` : 'any port');
      }
    }
    assert.deepEqual(
      [...seen].filter(([, times]) => times < 10),
      [],
    );
    assert.deepEqual([...seen.keys()].toSorted(), [
      'allowed',
      'any peer',
      'any port',
      'denied',
      'implementation-defined',
      'ipBlock with except',
      'missed by no peer, no port',
      'missed by no peer, yes port',
      'missed by open peer, no port',
      'missed by yes peer, no port',
      'peer of ipBlock, open',
      'peer of ipBlock, yes',
      'peer of namespaceSelector and podSelector, yes',
      'peer of namespaceSelector, yes',
      'peer of podSelector, yes',
      'port by number',
      'port by number to endPort',
      'port by string',
      'port by undefined',
    ]);
  });
});
