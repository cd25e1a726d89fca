import assert from 'node:assert/strict';
import type { FaultContext, Nodes } from '@netproof/core';
import { cpuGroups } from './agent-cpu.ts';
import throttled from './agent-throttled.ts';
import { leftFaults, throttle } from './marks.ts';

const path = '/kubelet.slice/cri-containerd-8e0a.scope';
const hybrid = `3:cpuset:${path}\n2:cpuacct:${path}\n1:cpu:${path}\n0::${path}\n`;
const unified = `0::${path}\n`;

/** A node with one agent, whose control group is a map of files. */
function fakeNode(cgroups: string, files: Map<string, string>) {
  const log = { refuses: false };
  const nodes: Nodes = {
    list: ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false })),
    async run(_node, argv) {
      const answer = (stdout: string) => ({ stdout, stderr: '', exitCode: 0 });
      if (argv[0] === 'grep') {
        return answer(
          argv
            .slice(3)
            .flatMap((file) => {
              const value = files.get(file);
              assert(value !== undefined, `${file} was read and is not there`);
              return value.split('\n').map((line) => `${file}:${line}`);
            })
            .join('\n'),
        );
      }
      if (argv[0] === 'sh' && argv.length > 3) {
        const [value = '', file = ''] = argv.slice(-2);
        assert(files.has(file), `${file} was written and is not there`);
        if (log.refuses && value === throttle.period) throw new Error('sh: write error: Invalid argument');
        files.set(file, value);
        return answer('');
      }
      return answer(argv[2]?.includes('/environ') ? cgroups : '');
    },
  };
  return { nodes, log };
}

const layouts = {
  v1: {
    cgroups: hybrid,
    limit: { 'cpu.cfs_quota_us': '-1', 'cpu.cfs_period_us': '100000' },
    set: { 'cpu.cfs_quota_us': throttle.quota, 'cpu.cfs_period_us': throttle.period },
    folder: `/sys/fs/cgroup/cpu${path}`,
  },
  v2: {
    cgroups: unified,
    limit: { 'cpu.max': 'max 100000' },
    set: { 'cpu.max': `${throttle.quota} ${throttle.period}` },
    folder: `/sys/fs/cgroup${path}`,
  },
};

describe('a throttled agent', () => {
  for (const [version, { cgroups, limit, set, folder }] of Object.entries(layouts)) {
    const at = (values: object) =>
      Object.entries(values).map(([name, value]): [string, string] => [`${folder}/${name}`, value]);
    const prepared = () => {
      const files = new Map([...at(limit), [`${folder}/cpu.stat`, 'nr_periods 9\nnr_throttled 4'] as const]);
      return { files, ...fakeNode(cgroups, files) };
    };

    it(`gets its quota on cgroup ${version}, and the old one back`, async () => {
      const { files, nodes } = prepared();
      const applied = await throttled.apply({ nodes } as FaultContext);
      for (const [file, value] of at(set)) assert.equal(files.get(file), value);
      await assert.rejects(leftFaults(nodes, ['a']), /a: the CPU quota of a probe/);
      files.set(`${folder}/cpu.stat`, 'nr_periods 19\nnr_throttled 11');
      assert.equal(await applied.effect(), 7);
      await applied.revert();
      for (const [file, value] of at(limit)) assert.equal(files.get(file), value);
      await applied.revert();
    });
  }

  it('gets its old quota back where the kernel refuses the new period', async () => {
    const { cgroups, limit, folder } = layouts.v1;
    const files = new Map([
      ...Object.entries(limit).map(([name, value]) => [`${folder}/${name}`, value] as const),
      [`${folder}/cpu.stat`, 'nr_throttled 0'],
    ]);
    const { nodes, log } = fakeNode(cgroups, files);
    log.refuses = true;
    await assert.rejects(throttled.apply({ nodes } as FaultContext), /Invalid argument/);
    assert.equal(files.get(`${folder}/cpu.cfs_quota_us`), '-1');
  });

  it('is no fault without an agent', async () => {
    const { nodes } = fakeNode('', new Map());
    await assert.rejects(throttled.apply({ nodes } as FaultContext), /no probe runs on a/);
    await leftFaults(nodes, ['a', 'b']);
  });

  it('is named once, however many processes it has', () => {
    assert.equal(cpuGroups(hybrid + hybrid).length, 1);
    assert.equal(
      cpuGroups('4:cpu,cpuacct:/x\n')[0]?.group,
      '/sys/fs/cgroup/cpu/x',
      'the joint controller is mounted under this name too',
    );
  });
});
