import assert from 'node:assert/strict';
import { type JournalEvent, results } from '@netproof/core';
import { alone, merge } from './merge.ts';
import { renderJunit } from './render-junit.ts';
import { summarise } from './summarise.ts';
import { noNat } from './testing/cluster.ts';
import { hostile } from './testing/hostile.ts';
import { marked } from './testing/markup.ts';
import { model } from './testing/page.ts';
import { failingRun, interruptedRun, passingRun, proveRun, runWith } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';
import { type Element, readXml } from './testing/xml.ts';

const junit = (events: readonly JournalEvent[]) => readXml(renderJunit(alone(model(events))));
const several = (journals: Readonly<Record<string, readonly JournalEvent[]>>) =>
  merge(
    Object.entries(journals).map(([folder, events]) => ({
      folder,
      model: summarise({ file: `${folder}/journal.jsonl`, events }),
    })),
  );
const casesIn = (root: Element) => root.children.flatMap(({ children }) => children.filter(isCase));
const isCase = ({ name }: Element) => name === 'testcase';
const ends = (root: Element) => casesIn(root).map(({ children: [end] }) => end?.name ?? 'passed');

/** The counts that an element names, as totals have them. */
function counted({ attributes: { tests, failures, errors, skipped } }: Element) {
  const failed = Number(failures) + Number(errors);
  return { passed: Number(tests) - failed - Number(skipped), failed, skipped: Number(skipped) };
}

describe('JUnit', () => {
  it('has a suite for each suite, and a case for each check with its cluster', () => {
    const root = junit(passingRun());
    assert.equal(root.name, 'testsuites');
    assert.deepEqual(
      root.children.map(({ name, attributes }) => [name, attributes.name, attributes.timestamp]),
      [
        ['testsuite', 'pod-network [bridge]', '2026-11-21T10:13:05'],
        ['testsuite', 'services [bridge]', '2026-11-21T10:13:05'],
      ],
    );
    assert.deepEqual(
      casesIn(root).map(({ attributes }) => attributes),
      [
        { classname: 'pod-network', name: `${noNat.id} [bridge]`, time: '1.184' },
        { classname: 'services', name: 'services/load-balancing/cluster-ip [bridge]', time: '6.050' },
      ],
    );
  });

  it('ends each case as its result is', () => {
    const end = { pass: 'passed', observed: 'passed', fail: 'failure', error: 'error' } as const;
    for (const result of results) {
      const wanted = result in end ? end[result as keyof typeof end] : 'skipped';
      assert.deepEqual(ends(junit(runWith(result))), [wanted], result);
    }
    const [skipped] = casesIn(junit(runWith('not-applicable')))[0]!.children;
    assert.equal(skipped?.attributes.message, 'needs 2 nodes, has 1');
    const [undecided] = casesIn(junit(runWith('inconclusive')))[0]!.children;
    assert.equal(undecided?.attributes.message, 'inconclusive: as inconclusive as can be');
  });

  it('tells why a check failed, where the evidence is and how to see it again', () => {
    const evidence = [{ title: 'nat', file: 'evidence/pod-network-x/nat.txt' }];
    const events = runWith('fail', { evidence });
    const [failure] = casesIn(junit(events))[0]!.children;
    assert.equal(failure?.attributes.message, 'as fail as can be');
    assert.equal(
      failure?.text,
      `as fail as can be\nevidence: evidence/pod-network-x/\nagain: netproof run --check ${noNat.id}`,
    );
    const both = readXml(renderJunit(several({ 'runs/one': events, '../two': passingRun() })));
    assert.match(JSON.stringify(both), /evidence: runs\/one\/evidence\/pod-network-x\//);
    const away = junit(runWith('fail', { evidence: [{ title: '', file: '../../etc/passwd' }] }));
    assert.doesNotMatch(JSON.stringify(away), /passwd/);
  });

  it('counts as the totals do, in a proof each cell of the kill matrix', () => {
    for (const events of [passingRun(), failingRun(), proveRun(), proveRun({ blind: true, starved: true })]) {
      const root = junit(events);
      assert.deepEqual(counted(root), model(events).totals);
      assert.equal(casesIn(root).length, Number(root.attributes.tests));
      const names = casesIn(root).map(({ attributes }) => attributes.name);
      assert.equal(new Set(names).size, names.length, 'each name once');
    }
    assert.match(
      JSON.stringify(junit(proveRun({ blind: true }))),
      /cluster-ip \[bridge\] under biased-service-chain.*must fail, was pass/,
    );
  });

  it('of several runs has each check on each cluster', () => {
    const merged = several(severalRuns());
    const root = readXml(renderJunit(merged));
    // What does not apply to the machine has a case that is skipped, and nothing else.
    const { passed, failed, skipped } = merged.totals;
    assert.deepEqual(counted(root), { passed, failed, skipped: skipped + 1 });
    const named = casesIn(root).map(({ attributes }) => attributes.name);
    assert.ok(named.includes('services/node-port/every-node [flannel-vxlan]'));
    assert.ok(named.includes('the run [cilium-native]'));
  });

  it('is never green of a run that ended badly', () => {
    const killed = passingRun().slice(0, 3);
    const vanished = passingRun().map(
      (event): JournalEvent =>
        event.event === 'run-finished' ? { ...event, exit: 3, message: 'gone' } : event,
    );
    for (const events of [killed, vanished, interruptedRun(), runWith('error')]) {
      assert.equal(ends(junit(events)).filter((end) => end === 'error').length, 1);
    }
  });

  it('holds whatever a pod says as text', () => {
    const all = { ...severalRuns(), '../proof': severalProof(), failing: failingRun() };
    const shape = (text: string) => {
      const changed = Object.entries(all).map(([folder, events]) => [folder, marked(events, text)] as const);
      const names = (element: Element): unknown => [element.name, element.children.map(names)];
      return names(readXml(renderJunit(several(Object.fromEntries(changed)))));
    };
    assert.deepEqual(shape(hostile), shape('z'));
    const message = casesIn(junit(runWith('fail', { findings: [{ kind: 'fail', message: hostile }] })))[0]!;
    assert.match(
      message.children[0]!.text,
      /^\]\]><\/failure>.*<script>[\s\S]*\ufffd\ufffd\ufffd\ufffd\ufffdred/,
    );
  }).timeout(30_000);
});
