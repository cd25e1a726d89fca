import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Counted, exitOf, journalEvent, type NetproofError } from '@netproof/core';
import { parseClusterFile } from './cluster-file.ts';
import type { ClusterFolder } from './clusters.ts';
import { expiredEntries, recordedAt } from './divergences.ts';
import { earlierOf } from './earlier.ts';
import { Journal } from './journal.ts';
import { runInMocha } from './mocha-run.ts';
import { checksOnce } from './suite-run.ts';
import { checkThat, contextWith } from './testing.ts';

const checks = ['a/one', 'a/two'];
const fileWith = (entries: string) => `apiVersion: netproof.dev/v1
kind: Cluster
metadata: { name: mine }
spec:
  cni: { name: mine, version: v1.0.0, mode: x }
  kubernetes: v1.36.3
  kubeProxy: iptables
  podSubnet: 10.1.0.0/16
  claims: [PodNetwork]
  install: [{ manifest: cni.yaml }]
  ready: [daemonset/kube-system/mine]
  divergences:
${entries}`;

const entry = (check: string, expires = '2027-03-01') =>
  `    - { check: ${check}, reason: it masquerades, reference: https://example.org/issues/1, expires: ${expires} }\n`;

describe('divergences in cluster.yaml', () => {
  it('are read', () => {
    const { spec } = parseClusterFile(fileWith(entry('a/one')), 'cluster.yaml', { checks });
    assert.deepEqual(spec.divergences, [
      {
        check: 'a/one',
        reason: 'it masquerades',
        reference: 'https://example.org/issues/1',
        expires: '2027-03-01',
      },
    ]);
  });

  it('are refused with all that is wrong, each with its line and with what is expected', () => {
    const bad = fileWith(
      [
        entry('a/one'),
        entry('a/none'),
        entry('a/one'),
        entry('a/two', '2027-02-30'),
        '    - { check: a, expires: soon, reference: issue 12, why: no }\n',
      ].join(''),
    );
    assert.throws(
      () => parseClusterFile(bad, 'cluster.yaml', { checks }),
      (error: NetproofError) => {
        assert.deepEqual([error.code, error.exit], ['CLUSTER_FILE', 2]);
        const [, ...problems] = error.message.split('\n').map((line) => line.trim());
        const date = 'expected the last day on which it counts, such as 2027-03-01';
        assert.deepEqual(problems, [
          'cluster.yaml:14: spec.divergences.1.check: there is no check a/none; pnpm netproof run --list names all',
          'cluster.yaml:15: spec.divergences.2.check: a/one stands in spec.divergences.0, too: keep one',
          `cluster.yaml:16: spec.divergences.3.expires: ${date}`,
          'cluster.yaml:17: spec.divergences.4.reason: expected why the check fails there, in a sentence',
          'cluster.yaml:17: spec.divergences.4.reference: expected the address of the issue or page that tells of it: https://…',
          `cluster.yaml:17: spec.divergences.4.expires: ${date}`,
          'cluster.yaml:17: spec.divergences.4.why: no such field',
          'cluster.yaml:17: spec.divergences.4.check: there is no check a; pnpm netproof run --list names all',
        ]);
        return true;
      },
    );
  });

  it('count through their last day, and are told of after it', () => {
    const { spec, name } = parseClusterFile(fileWith(entry('a/one')), 'cluster.yaml', { checks });
    const at = (time: string) => recordedAt(new Date(time), spec.divergences).get('a/one')?.expired;
    assert.deepEqual([at('2027-03-01T23:59:59Z'), at('2027-03-02T00:00:00Z')], [false, true]);
    const mine: ClusterFolder = { name, spec, folder: './mine', named: '/mine' };
    assert.deepEqual(expiredEntries(new Date('2027-03-01T12:00:00Z'), [mine]), []);
    const [line] = expiredEntries(new Date('2027-03-02T12:00:00Z'), [mine]);
    assert.match(
      line ?? '',
      /^! mine\/cluster\.yaml: the divergence of a\/one expired on 2027-03-01: a failure/,
    );
  });
});

describe('a check that the cluster records as known to fail', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-divergences-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs it with a journal on the disk. */
  async function runOf(holds: boolean, now: string) {
    const { spec } = parseClusterFile(fileWith(entry('a/one')), 'cluster.yaml', { checks });
    const check = checkThat(async ({ judge }) => judge.holds(holds, 'the server saw the node'), {
      id: 'a/one',
    });
    const lines: string[] = [];
    const results: Counted[] = [];
    const journal = new Journal(join(folder, 'journal.jsonl'));
    const groups = checksOnce(
      {
        checks: [check],
        context: contextWith(),
        journal,
        cluster: 'mine',
        where: '--cluster mine',
        coverage: 'all',
        divergences: recordedAt(new Date(now), spec.divergences),
        vanished: async () => undefined,
        collect: async () => ({ folder: 'evidence', files: [], problems: [] }),
        onLine: (line) => lines.push(stripVTControlCharacters(line)),
      },
      results,
    );
    const { failures } = await runInMocha(groups, { signal: new AbortController().signal });
    assert.deepEqual(failures, []);
    const written = (await readFile(journal.file, 'utf8')).trimEnd().split('\n');
    const events = written.map((line) => journalEvent.parse(JSON.parse(line)));
    const finished = events.find((one) => one.event === 'check-finished');
    return { exit: exitOf(results), lines, events, finished, results };
  }

  it('fails, is said to be known, and fails no run', async () => {
    const { exit, lines, finished } = await runOf(false, '2027-03-01T00:00:00Z');
    assert.equal(exit, 0);
    assert.match(
      lines[0] ?? '',
      /^≈ fail a\/one {2}mine {2}0\.\d s {2}known: it masquerades, until 2027-03-01 \(https:\/\/example\.org\/issues\/1\)\n {4}the server saw the node\n/,
    );
    assert.equal(finished?.result, 'fail');
    assert.deepEqual(finished?.divergence, {
      reason: 'it masquerades',
      reference: 'https://example.org/issues/1',
      expires: '2027-03-01',
      expired: false,
    });
  });

  it('fails the run again once the entry has expired', async () => {
    const { exit, lines } = await runOf(false, '2027-03-02T00:00:00Z');
    assert.equal(exit, 1);
    assert.match(
      lines[0] ?? '',
      /^✗ fail a\/one .* was known until 2027-03-01, which is over: it masquerades/,
    );
  });

  it('fails the run where it passes', async () => {
    const { exit, lines, finished } = await runOf(true, '2027-03-01T00:00:00Z');
    assert.deepEqual([exit, finished?.result], [1, 'pass']);
    assert.match(
      lines[0] ?? '',
      /^✗ pass a\/one .* unexpected pass, known to fail until .*: delete the entry|delete the entry/,
    );
  });

  it('counts the same in a run that is resumed', async () => {
    const { events, results } = await runOf(false, '2027-03-01T00:00:00Z');
    const begun = [{ event: 'run-started', provenance: [] }, ...events] as unknown as typeof events;
    assert.deepEqual(earlierOf(begun, ['a/one'])?.results, results);
    assert.deepEqual(earlierOf(begun, ['a/one'])?.left, []);
  });
});
