import assert from 'node:assert/strict';
import { cpuBetween, cpuOf, processesOf, readCpu, readProcesses } from './node-costs.ts';

const [x, y] = ['1fcb346e-3a17-441e-9d9e-c959f46ab5ab', '2fcb346e-3a17-441e-9d9e-c959f46ab5ab'];
const slice = (uid: string) => `kubelet-kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;

describe('the CPU time of nodes', () => {
  it('is read of cgroup v1, where a pod counts once', () => {
    const at = `/sys/fs/cgroup/cpuacct/kubelet.slice/${slice(x)}`;
    const output = [
      '/sys/fs/cgroup/cpuacct/cpuacct.usage:9000000000',
      `${at}/cri-containerd-b2.scope/cpuacct.usage:1000000000`,
      `${at}/cpuacct.usage:1500000000`,
      '',
    ].join('\n');
    assert.deepEqual(readCpu(output), { nodes: 9_000, pods: new Map([[x, 1_500]]) });
  });

  it('is read of cgroup v2', () => {
    const output = `/sys/fs/cgroup/cpu.stat:usage_usec 9000000\n/sys/fs/cgroup/kubelet.slice/${slice(x)}/cpu.stat:usage_usec 1500000\n`;
    assert.deepEqual(readCpu(output), { nodes: 9_000, pods: new Map([[x, 1_500]]) });
  });

  it('is not zero where a node does not tell it', () => {
    assert.throws(() => readCpu(''), /does not tell its CPU time/);
  });

  it('is that of all nodes, and between two readings that of some pods', async () => {
    const run = (seconds: number) => async (node: string) => ({
      stdout: `/sys/fs/cgroup/cpu.stat:usage_usec ${seconds * 1e6}\n/sys/fs/cgroup/${slice(node === 'one' ? x : y)}/cpu.stat:usage_usec ${seconds * 1e5}\n`,
    });
    const [before, after] = [await cpuOf(['one', 'two'], run(10)), await cpuOf(['one', 'two'], run(14))];
    assert.deepEqual(cpuBetween(before, after, [x, y]), { nodes: 8_000, pods: 800 });
    assert.deepEqual(cpuBetween(before, after, [x]), { nodes: 8_000, pods: 400 });
  });
});

describe('the processes of nodes', () => {
  it('are known by their pods and what they do there', () => {
    const output = [
      ...['1/smaps_rollup:Rss:             9000 kB', '1/smaps_rollup:Pss:             8000 kB'],
      ...['7/smaps_rollup:Rss:            70000 kB', '7/smaps_rollup:Pss:            24000 kB'],
      ...['8/smaps_rollup:Rss:            60000 kB', '8/smaps_rollup:Pss:            20000 kB'],
      // It has ended meanwhile.
      '9/smaps_rollup:Rss:             1000 kB',
      ...[7, 8].map((pid) => `${pid}/cgroup:pod${x.replaceAll('-', '_')}`),
      // Our own search has all words, and no pod.
      ...[
        '1/cmdline:pipe',
        '7/cmdline:/netproof/agent.mjs',
        '8/cmdline:/netproof/agent.mjs',
        '8/cmdline:pipe',
      ],
    ].join('\n');
    assert.deepEqual(readProcesses(output), [
      { rss: 9_000 * 1_024, pss: 8_000 * 1_024 },
      { uid: x, role: 'agent', rss: 70_000 * 1_024, pss: 24_000 * 1_024 },
      { uid: x, role: 'stream', rss: 60_000 * 1_024, pss: 20_000 * 1_024 },
    ]);
  });

  it('are those of each node', async () => {
    const run = async () => ({ stdout: '1/smaps_rollup:Rss: 2 kB\n1/smaps_rollup:Pss: 1 kB\n' });
    assert.equal((await processesOf(['one', 'two'], run)).length, 2);
  });
});
