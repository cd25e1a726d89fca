import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunFlags } from './run.ts';
import { runCommand } from './run.ts';

describe('netproof run --kubeconfig', () => {
  let out = '';
  let kubeconfig = '';
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-existing-'));
    kubeconfig = join(out, 'kubeconfig');
  });
  afterEach(() => rm(out, { recursive: true }));

  const run = (flags: Partial<RunFlags>, mode: 'run' | 'prove' = 'run') =>
    runCommand(mode, { out: join(out, 'runs'), coverage: 'all', kubeconfig, ...flags });

  it('refuses what makes no sense there, all of it at once, and makes nothing', async () => {
    const flags = { cni: ['bridge'], jobs: 2, on: 'netproof-bridge-1', keep: true, resume: 'x' };
    await assert.rejects(run(flags, 'prove'), {
      code: 'OPTIONS',
      exit: 2,
      message: /^not with --kubeconfig: prove: .*--cni: .*--jobs: .*--on: .*--keep: .*--resume: /,
    });
    await assert.rejects(run({ cluster: ['bridge', 'calico-vxlan'] }), { message: /several of --cluster/ });
    assert.deepEqual(await readdir(out), []);
  });

  it('refuses its options without it', async () => {
    const alone = { out, coverage: 'all', context: 'c', agentImage: 'agent:1' } as const;
    await assert.rejects(runCommand('run', alone), {
      code: 'OPTIONS',
      message: '--context and --agent-image without --kubeconfig',
    });
  });

  it('tells at once what is wrong with checks, the file, and the cluster that it is judged as', async () => {
    const flags = { check: ['nope/check'], cluster: ['nope'], json: join(out, 'kubeconfig/totals.json') };
    await writeFile(kubeconfig, 'a: [');
    await assert.rejects(run(flags), {
      code: 'OPTIONS',
      exit: 2,
      message:
        /no check nope\/check[\s\S]*not readable as a kubeconfig[\s\S]*no such cluster: nope[\s\S]*--json /,
    });
    assert.deepEqual(await readdir(out), ['kubeconfig']);
  });

  it('refuses a file that is none, and names the contexts that there are', async () => {
    await assert.rejects(run({}), {
      code: 'KUBECONFIG_INVALID',
      exit: 2,
      message: /not readable as a kubeconfig/,
    });
    await writeFile(kubeconfig, 'a: [');
    await assert.rejects(run({}), { code: 'KUBECONFIG_INVALID', exit: 2 });
    const one = (name: string) => ({ name, context: { cluster: 'c', user: 'u' } });
    const clusters = [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }];
    const file = { contexts: [one('here'), one('there')], clusters, users: [{ name: 'u', user: {} }] };
    await writeFile(kubeconfig, JSON.stringify(file));
    for (const [context, message] of [
      ['elsewhere', /no context elsewhere; its contexts are: here, there$/],
      [undefined, /its current context names no cluster; its contexts are: here, there$/],
    ] as const) {
      await assert.rejects(run({ ...(context && { context }) }), {
        code: 'KUBECONFIG_INVALID',
        exit: 2,
        message,
      });
    }
    assert.deepEqual(await readdir(out), ['kubeconfig']);
  });
});
