import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePlan } from '@netproof/runner';
import { resumedRun } from './resuming.ts';
import { runCommand } from './run.ts';

const t = '2026-11-21T10:15:00.000Z';
const ids = ['pod-network/address/own', 'pod-network/no-nat/same-node'];
const id = '20261121-101500-3fa9c1';

function journal(cluster: string, results: Record<string, string>, exit?: number): string {
  const events = [
    {
      event: 'run-started',
      run: id,
      mode: 'run',
      netproof: '0.1.0',
      argv: ['run'],
      machine: { kernel: '6.18', os: 'Debian', cpus: 2, memoryBytes: 1 },
      docker: '20',
      node: 'v24',
      provenance: [],
    },
    {
      event: 'cell-started',
      cluster,
      ...{ cni: cluster, cniVersion: 'v1.0.0', kubernetes: 'v1.36.3', kubeProxy: 'iptables', claims: [] },
      podSubnet: '10.1.0.0/16',
      nodes: [],
      checks: ids.map((one) => ({ id: one, requirement: '', source: '', covers: [], must: [], may: [] })),
    },
    ...Object.entries(results).flatMap(([check, result]) => [
      { event: 'check-started', check },
      {
        event: 'check-finished',
        ...{ check, result, ms: 1, judged: 1, findings: [], statistics: [], observations: [], again: '' },
      },
    ]),
    ...(exit === undefined ? [] : [{ event: 'run-finished', exit }]),
  ];
  return events.map((event) => `${JSON.stringify({ t, ...event })}\n`).join('');
}

const passed = Object.fromEntries(ids.map((one) => [one, 'pass']));

describe('netproof run --resume', () => {
  let out = '';
  let several = '';

  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-resume-'));
    several = await runIn(id, {
      bridge: journal('bridge', passed, 0),
      'flannel-vxlan': journal('flannel-vxlan', { [ids[0] as string]: 'pass' }),
    });
    const clusters = ['bridge', 'flannel-vxlan', 'calico-vxlan'].map((name) => ({ name }));
    await writePlan(several, { run: id, mode: 'run', clusters, checks: ids, coverage: 'nodes' });
  });
  afterEach(() => rm(out, { recursive: true }));

  async function runIn(name: string, journals: Readonly<Record<string, string>>): Promise<string> {
    const path = join(out, name);
    for (const [cluster, text] of Object.entries(journals)) {
      await mkdir(join(path, cluster), { recursive: true });
      await writeFile(join(path, cluster, 'journal.jsonl'), text);
    }
    return path;
  }

  const left = async (path: string) => {
    const { earlier, plan } = await resumedRun(path);
    return plan.clusters.map(({ name }) => [name, earlier.get(name)?.left ?? plan.checks]);
  };

  it('goes on with every cluster that was planned, one that had not begun too', async () => {
    assert.deepEqual(await left(several), [
      ['bridge', []],
      ['flannel-vxlan', [ids[1]]],
      ['calico-vxlan', ids],
    ]);
    const { folder } = await resumedRun(several);
    assert.deepEqual([folder.id, folder.path], [id, several]);
  });

  it('goes on with one cluster of several in its own folder', async () => {
    const flannel = join(several, 'flannel-vxlan');
    assert.deepEqual(await left(flannel), [['flannel-vxlan', [ids[1]]]]);
    const { folder } = await resumedRun(flannel);
    assert.deepEqual([folder.id, folder.path], [id, flannel]);
    assert.deepEqual(await left(join(several, 'calico-vxlan')), [['calico-vxlan', ids]]);
    await assert.rejects(resumedRun(join(several, 'bridge')), { code: 'NOT_RESUMABLE', exit: 2 });
  });

  it('takes a run without a plan as its journal has it', async () => {
    const path = join(await runIn('old', { run: journal('bridge', {}) }), 'run');
    assert.deepEqual(await left(path), [['bridge', ids]]);
  });

  it('names the runs of a folder that only holds some', async () => {
    await assert.rejects(resumedRun(await runIn('old', { bridge: journal('bridge', {}) })), {
      code: 'NOT_RESUMABLE',
      exit: 2,
      hint: /run --resume \S+old\/bridge$/,
    });
    await assert.rejects(resumedRun(join(out, 'none')), { code: 'JOURNAL_MISSING', exit: 2 });
  });

  it('refuses clusters beside it that are not those of the run, and makes nothing', async () => {
    const message = /20261121-101500-3fa9c1 is a run on bridge, flannel-vxlan, calico-vxlan, /;
    for (const [flags, why] of [
      [{ cluster: ['cilium-native'] }, /not on cilium-native$/],
      [{ cni: ['bridge', 'flannel', 'calico', 'cilium'] }, /not on cilium-vxlan$/],
      [{ cni: ['bridge', 'flannel'] }, /of which calico-vxlan is left out$/],
    ] as const) {
      await assert.rejects(
        runCommand('run', { resume: several, out, coverage: 'all', ...flags }),
        (error) => {
          assert.ok(error instanceof Error);
          assert.match(error.message, message);
          assert.match(error.message, why);
          assert.deepEqual(
            { ...error, hint: '' },
            { name: 'NetproofError', code: 'NOT_OF_THIS_RUN', exit: 2, hint: '' },
          );
          return true;
        },
      );
    }
    assert.ok(!existsSync(join(several, 'calico-vxlan')));
  });
});
