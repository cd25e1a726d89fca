import assert from 'node:assert/strict';
import type { JournalEvent } from '@netproof/core';
import { diff } from './diff.ts';
import type { Diff } from './diff-schema.ts';
import { merge } from './merge.ts';
import { renderDiffJson, renderDiffText } from './render-diff.ts';
import { summarise } from './summarise.ts';
import { clusterIp, noNat } from './testing/cluster.ts';
import { failingRun, passingRun, proveRun, runWith } from './testing/runs.ts';
import { severalRuns } from './testing/several.ts';

type Runs = Readonly<Record<string, readonly JournalEvent[]>>;

const side = (folder: string, runs: Runs) => ({
  folder,
  merged: merge(
    Object.entries(runs).map(([name, events]) => ({
      folder: `${folder}/${name}`,
      model: summarise({ file: `${name}/journal.jsonl`, events }),
    })),
  ),
});
const between = (before: Runs, after: Runs): Diff => diff(side('A', before), side('B', after));
const idsOf = (changes: Diff['broke']) => changes.map(({ check }) => check);

function changed(
  events: readonly JournalEvent[],
  change: (event: JournalEvent) => Partial<JournalEvent>,
): readonly JournalEvent[] {
  return events.map((event) => ({ ...event, ...change(event) }) as JournalEvent);
}

describe('what changed between runs', () => {
  it('is nothing between a run and itself', () => {
    const same = between({ bridge: passingRun() }, { bridge: passingRun() });
    assert.equal(same.same, 2);
    assert.deepEqual([same.broke, same.mended, same.new, same.gone, same.otherwise], [[], [], [], [], []]);
    assert.deepEqual([same.versions, same.onlyBefore, same.onlyAfter], [[], [], []]);
  });

  it('says what broke with its first message, and what was mended', () => {
    const { broke, mended, same } = between({ bridge: passingRun() }, { bridge: failingRun() });
    assert.deepEqual(idsOf(broke), [noNat.id]);
    assert.deepEqual([broke[0]?.cluster, broke[0]?.before, broke[0]?.after], ['bridge', 'pass', 'fail']);
    assert.match(broke[0]?.message ?? '', /the server saw 172\.18\.0\.3/);
    assert.deepEqual([mended, same], [[], 1]);
    const back = between({ bridge: failingRun() }, { bridge: passingRun() });
    assert.deepEqual([idsOf(back.mended), back.broke], [[noNat.id], []]);
  });

  it('says what is new and what is gone', () => {
    const one = { bridge: runWith('pass') };
    const grown = between(one, { bridge: passingRun() });
    assert.deepEqual([idsOf(grown.new), grown.gone], [[clusterIp.id], []]);
    assert.equal(grown.new[0]?.before, undefined);
    const shrunk = between({ bridge: passingRun() }, one);
    assert.deepEqual([idsOf(shrunk.gone), shrunk.new], [[clusterIp.id], []]);
  });

  it('calls a check that fails broken, unless it did so before; and nothing else', () => {
    for (const result of ['inconclusive', 'error', 'not-applicable'] as const) {
      const { broke, otherwise } = between({ bridge: runWith('pass') }, { bridge: runWith(result) });
      assert.deepEqual([broke, otherwise[0]?.after], [[], result]);
      assert.ok(otherwise[0]?.message !== undefined, result);
      const after = between({ bridge: runWith(result) }, { bridge: runWith('fail') });
      assert.deepEqual([after.broke[0]?.before, after.otherwise], [result, []]);
    }
    assert.equal(between({ bridge: runWith('observed') }, { bridge: runWith('fail') }).broke.length, 1);
  });

  it('compares each cluster with itself, also where it did not come up', () => {
    const several = severalRuns();
    const { bridge, 'flannel-vxlan': flannel, 'cilium-native': cilium } = several;
    const dead: readonly JournalEvent[] = [
      bridge![0]!,
      { t: bridge![0]!.t, event: 'run-finished', exit: 3, message: 'no Docker' },
    ];
    const found = between(
      { bridge: bridge!, 'flannel-vxlan': flannel! },
      { bridge: dead, 'flannel-vxlan': flannel!, 'cilium-native': cilium! },
    );
    assert.deepEqual([found.onlyBefore, found.onlyAfter], [[], ['cilium-native']]);
    assert.deepEqual([found.broke, found.otherwise.length, found.same], [[], 15, 15]);
    assert.ok(found.otherwise.every((one) => one.cluster === 'bridge' && one.after === 'not-run'));
    assert.match(found.otherwise[0]?.message ?? '', /no Docker/);
  });

  it('holds the worst of several runs on one cluster against the worst of the others', () => {
    const mixed = { one: passingRun(), two: failingRun() };
    assert.deepEqual(idsOf(between({ one: passingRun() }, mixed).broke), [noNat.id]);
    assert.deepEqual(idsOf(between(mixed, { one: passingRun() }).mended), [noNat.id]);
    assert.equal(between(mixed, mixed).same, 2);
  });

  it('takes of a proof what came without a fault', () => {
    assert.equal(between({ bridge: passingRun() }, { bridge: proveRun() }).same, 2);
  });

  it('says which versions changed, and what was built anew', () => {
    const later = changed(passingRun(), (event) => {
      if (event.event === 'cell-started')
        return { kubernetes: 'v1.37.0', kubeProxy: 'nftables', claims: ['PodNetwork'] };
      if (event.event !== 'run-started') return {};
      const [node, ...others] = event.provenance;
      return {
        machine: { ...event.machine, kernel: '6.19.1' },
        netproof: '0.2.0',
        provenance: [{ ...node!, key: 'ffff' }, ...others.slice(1)],
      };
    });
    const { versions } = between({ bridge: passingRun() }, { bridge: later });
    assert.deepEqual(
      versions.map(({ what, before, after }) => [what, before, after]),
      [
        ['kernel', '6.18.5', '6.19.1'],
        ['netproof', '0.1.0', '0.2.0'],
        ['Kubernetes', 'v1.36.3', 'v1.37.0'],
        ['kube-proxy', 'iptables', 'nftables'],
        ['claim Services', 'made', undefined],
        ['kindest/node', 'v1.36.3, built c4f1d0e92b7a6c55', 'v1.36.3, built ffff'],
        ['registry.k8s.io/etcd', 'v3.6.8, built 5bb07de2a91c4411', undefined],
      ],
    );
  });
});

describe('what changed, in words', () => {
  it('has each change in a line, with what was said of it', () => {
    const text = renderDiffText(between({ bridge: passingRun() }, { bridge: failingRun() }));
    assert.equal(
      text.split('\n')[0],
      'A → B: 1 broke, 0 mended, 0 new, 0 gone, 0 changed otherwise, 1 the same',
    );
    assert.match(text, /\nbroke\n {2}✗ pod-network\/no-nat\/other-node {2}bridge {2}pass → fail\n {6}.*saw/);
    assert.doesNotMatch(text, /\n(mended|new|gone|changed otherwise|versions)/);
  });

  it('says once what changed on several clusters, and lets no message steer the terminal', () => {
    const { bridge, 'flannel-vxlan': flannel } = severalRuns();
    const on = (kernel: string) => (events: readonly JournalEvent[]) =>
      changed(events, (event) => {
        if (event.event === 'run-started') return { machine: { ...event.machine, kernel } };
        return event.event === 'check-finished' && event.check === noNat.id
          ? { result: 'error', findings: [{ kind: 'error', message: '\u001b[2Jgone' }] }
          : {};
      });
    const [was, is] = [on('6.18.5'), on('6.19.1')];
    const text = renderDiffText(
      between(
        { bridge: was(bridge!), flannel: was(flannel!) },
        { bridge: is(bridge!), flannel: is(flannel!) },
      ),
    );
    assert.ok(text.includes('\n  kernel: 6.18.5 → 6.19.1  (bridge, flannel-vxlan)\n'));
    const alone = renderDiffText(between({ bridge: bridge! }, { bridge: is(bridge!), flannel: flannel! }));
    assert.ok(alone.includes(`! ${noNat.id}  bridge  pass → error\n      gone\n`));
    assert.ok(alone.endsWith('\nonly in B: flannel-vxlan\n'));
  });

  it('has no token, whatever a message or a folder holds', () => {
    const token = 'abcdef.0123456789abcdef';
    const found = between({ bridge: passingRun() }, { bridge: failingRun() });
    const broke = found.broke.map((one) => ({ ...one, message: `kubeadm join --token ${token}\u001b[2J` }));
    const held = { ...found, broke, before: { ...found.before, folder: token } };
    assert.doesNotMatch(renderDiffText(held) + renderDiffJson(held), /0123456789abcdef/);
    assert.match(renderDiffText(held), /token left out.* → B: 1 broke/);
  });
});
