import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provided } from './provider.ts';
import { run } from './run.ts';
import { newRunFolder, type RunFolder } from './run-folder.ts';
import { checkThat } from './testing.ts';

describe('a run whose probes do not get ready', () => {
  let folder: RunFolder;
  let done: string[];
  let interruption: AbortController;
  beforeEach(async () => {
    folder = await newRunFolder(await mkdtemp(join(tmpdir(), 'netproof-run-')));
    done = [];
    interruption = new AbortController();
  });
  afterEach(() => rm(join(folder.path, '..'), { recursive: true }));

  const notReady = async () => {
    done.push('probes');
    throw new Error('Pod netproof-x/a on worker2: no network');
  };

  function ended(exportLogs: (folder: string) => Promise<void>, ofOurs = true) {
    const { signal } = interruption;
    const kind = { exportLogs, stopped: () => new Promise(() => {}) };
    const provided = {
      kube: { nodes: notReady },
      ...(ofOurs && { kind }),
      nodes: [],
      probes: { image: 'agent', run: folder.id },
      outside: Promise.resolve([]),
      [Symbol.asyncDispose]: async () => void done.push('deleted'),
    };
    return run({
      mode: 'run',
      cluster: {
        name: 'bridge',
        spec: {
          cni: { name: 'bridge', version: 'v1' },
          kubernetes: 'v1',
          kubeProxy: 'iptables',
          divergences: [],
        },
      },
      provider: {
        docker: '0',
        provenance: async () => [],
        open: async () => provided as unknown as Provided,
      },
      suites: '/suites',
      checks: [checkThat(async () => {})],
      faults: [],
      everyCell: true,
      coverage: 'all',
      lacks: [],
      claims: [],
      bail: false,
      shard: undefined,
      folder,
      netproof: '0',
      argv: [],
      ui: { line: (text) => done.push(text), step: (_, work) => work(() => {}) },
      signal,
    });
  }

  const exported = async (to: string) => {
    assert.equal(to, join(folder.path, 'cluster-logs'));
    done.push('logs');
  };

  it("keeps the nodes' logs before the cluster is deleted, and says where", async () => {
    await assert.rejects(ended(exported), /no network/);
    const told = `the logs of its nodes and pods: ${join(folder.path, 'cluster-logs')}`;
    assert.deepEqual(done, ['probes', 'logs', told, 'deleted']);
  });

  it('tells of the probes, also where there are no logs to be had', async () => {
    const refused = ended(() => Promise.reject(new Error('no space left')));
    await assert.rejects(refused, /no network/);
    assert.deepEqual(done.slice(1), [
      '! the logs of its nodes and pods are not whole: no space left',
      'deleted',
    ]);
  });

  it('keeps none when it is interrupted, nor of a cluster that is not ours', async () => {
    await assert.rejects(ended(exported, false), /no network/);
    interruption.abort();
    await assert.rejects(ended(exported), { code: 'INTERRUPTED' });
    assert.ok(!done.includes('logs'));
  });
});
