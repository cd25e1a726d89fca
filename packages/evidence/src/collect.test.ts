import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, type Endpoint, type Nodes, nodeAccess, targetOf } from '@netproof/core';
import { collectEvidence, type EvidenceOrder } from './collect.ts';

const token = `eyJhbGciOiJSUzI1NiJ9.${'e30'.repeat(9)}.c2lnbmF0dXJl`;
const endpoint = (id: string, node: string, ip: string): Endpoint => ({
  kind: 'pod',
  id,
  node,
  ip,
  labels: {},
});
const a = endpoint('x/a', 'one', '10.1.0.2');
const b = endpoint('x/b', 'two', '10.1.1.2');
const cell: Cell = {
  source: a,
  target: targetOf(b),
  port: { protocol: 'TCP', port: 8080 },
  verdict: 'connected',
  attempts: 1,
  answered: 1,
  server: 'x/b',
  clientSeenAs: '172.18.0.3',
};

describe('evidence', () => {
  let run: string;
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'netproof-evidence-'));
  });
  afterEach(() => rmSync(run, { recursive: true }));

  /** Nodes on which every command says its name and a token; a capture's start is answered as by a node. */
  const talking: Nodes['run'] = async (_node, argv) => ({
    stdout: argv[0] === 'bash' ? `cGNhcA== ${token}\n` : `${argv.join(' ')} ${token}\n`,
    stderr: '',
    exitCode: 0,
  });

  function order(command: Nodes['run'], change: Partial<EvidenceOrder> = {}): EvidenceOrder {
    const list = ['one', 'two', 'three'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
    const findings = [
      { kind: 'fail', message: 'wrong', cells: [{ ...cell, text: 'seen as the node' }] },
    ] as const;
    return {
      run,
      events: async () => [],
      check: {
        id: 'pod-network/no-nat',
        requirement: 'It MUST hold.',
        source: '',
        needs: [],
        reddenedBy: { must: [] },
        run: async () => {},
      },
      context: {
        cluster: {
          name: 'fake',
          podSubnet: '',
          claims: [nodeAccess],
          service: () => assert.fail('not asked'),
        },
        nodes: { list, run: command },
        probes: {
          endpoints: [a, b],
          served: [8080],
          matrix: async () => ({ cells: [cell], ms: 1 }),
          sample: () => assert.fail('not asked'),
          resolve: () => assert.fail('not asked'),
          keep: () => assert.fail(),
          watch: () => assert.fail('not asked'),
        },
      },
      outcome: {
        check: 'pod-network/no-nat',
        result: 'fail',
        ms: 1,
        judgement: { findings, judged: 1, statistics: [], observations: [], metrics: [] },
      },
      ...change,
    };
  }
  const read = (name: string) => readFileSync(join(run, name), 'utf8');

  it('is what the nodes of the failing pair say, without secrets', async () => {
    const { folder, files, problems, lastSeen } = await collectEvidence(order(talking, { fault: 'a-fault' }));
    assert.deepEqual(problems, []);
    assert.equal(folder, join(run, 'evidence/pod-network-no-nat-a-fault'));
    const names = files.map(({ file }) => file.replace('evidence/pod-network-no-nat-a-fault/', ''));
    const each = [
      'conntrack-N.txt',
      'packets-N.txt',
      'packets-N.pcap',
      'network-N.txt',
      'rules-N.txt',
      'logs-N.txt',
    ];
    const expected = ['one', 'two'].flatMap((node) => each.map((name) => name.replace('N', node)));
    assert.deepEqual(
      names.toSorted(),
      [...expected, 'events.txt', 'expected-observed.txt', 're-probe.txt'].toSorted(),
    );
    assert.deepEqual(readdirSync(folder).toSorted(), names.toSorted());
    for (const { file } of files) assert(!read(file).includes(token), file);
    assert.match(
      read('evidence/pod-network-no-nat-a-fault/expected-observed.txt'),
      /172\.18\.0\.3 .* seen as the node/,
    );
    assert.match(read('evidence/pod-network-no-nat-a-fault/rules-one.txt'), /iptables-save -c/);
    assert.equal(lastSeen, 'x/a on one → x/b on two, TCP 8080: the captures prove nothing');
    assert(read('evidence/pod-network-no-nat-a-fault/re-probe.txt').startsWith(lastSeen));
  });

  it('of nodes that cannot be asked says so and is there all the same', async () => {
    const dead: Nodes['run'] = async () => {
      throw new Error(`node is gone, ${token}`);
    };
    const { files, problems } = await collectEvidence(order(dead));
    assert(problems.some((problem) => /Rules and their counters on two: .*node is gone/.test(problem)));
    assert(problems.some((problem) => /packets on one: .*node is gone/.test(problem)));
    assert(files.some(({ file }) => file.endsWith('expected-observed.txt')));
    const told = read('evidence/pod-network-no-nat/not-collected.txt');
    assert.match(told, /node is gone/);
    assert(!told.includes(token));
  });

  it('without access to the nodes is one probe again and events, and says what it leaves out', async () => {
    const asked: Nodes['run'] = () => assert.fail('no node is to be asked');
    const { context } = order(asked);
    const cluster = { ...context.cluster, claims: [] };
    const { files, problems } = await collectEvidence(order(asked, { context: { ...context, cluster } }));
    assert.deepEqual(files.map(({ file }) => file.replace('evidence/pod-network-no-nat/', '')).toSorted(), [
      'events.txt',
      'expected-observed.txt',
      'not-collected.txt',
      're-probe.txt',
    ]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /netproof runs nothing on those of a cluster that it did not make/);
    assert.match(read('evidence/pod-network-no-nat/re-probe.txt'), /observed again: .*by x\/b/);
  });

  it('ends within its bound, with what there is', async () => {
    const hanging: Nodes['run'] = () => new Promise(() => {});
    const { files, problems } = await collectEvidence(order(hanging, { bound: 20 }));
    assert.deepEqual(problems, ['the rest was not there within 0.02 s']);
    assert(files.some(({ file }) => file.endsWith('expected-observed.txt')));
  });

  it('where nothing can be written is a problem and no error', async () => {
    writeFileSync(join(run, 'evidence'), '');
    const { files, problems } = await collectEvidence(order(talking));
    assert.deepEqual(files, []);
    assert.match(problems.join(), /EEXIST|ENOTDIR/);
  });

  it('of the same check again has a folder of its own', async () => {
    await collectEvidence(order(talking));
    const { folder, files } = await collectEvidence(order(talking));
    assert(folder.endsWith('pod-network-no-nat-2'));
    assert(files.every(({ file }) => file.startsWith('evidence/pod-network-no-nat-2/')));
  });
});
