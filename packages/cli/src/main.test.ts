import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { exitCode } from '@netproof/core';
import { type RunFlags, runCommand } from './commands/run.ts';

// What these ask for loads no cluster code, so that it is quick.
const netproof = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' });

describe('netproof', () => {
  it('says what is wrong with a pattern, a share or a reporter', () => {
    for (const [args, why] of [
      [['--grep', '('], /--grep <pattern>.*Unterminated group/],
      [['--shard', '4/3'], /--shard <i\/n>.*one from 1 to 3/],
      [['--reporter', 'dots'], /Allowed choices are list, line, github, json/],
      [['--resume', 'x', '--shard', '1/2'], /cannot be used with option/],
    ] as const) {
      const { status, stderr, stdout } = netproof('run', ...args);
      assert.equal(status, exitCode.usage, args.join(' '));
      assert.match(stderr, why);
      assert.equal(stdout, '');
    }
  });

  for (const mode of ['run', 'prove']) {
    it(`${mode} --help tells how to choose checks and how they are shown`, () => {
      const { stdout } = netproof(mode, '--help');
      for (const option of ['--reporter', '--grep', '--suite', '--shard', '--list', '--keep', '--bail'])
        assert.match(stdout, new RegExp(`^  ${option}\\b`, 'm'));
    });
  }
});

describe('netproof images', () => {
  it('wants a file or a registry, and CNIs that there are', () => {
    for (const [args, why] of [
      [['save'], /missing required argument 'file'/],
      [['load'], /missing required argument 'file'/],
      [['push'], /missing required argument 'registry'/],
      [['save', 'x', '--cni', 'bridge,'], /separated by single commas/],
      [['save', 'x', '--cni', 'weave,bridge'], /no images are made for weave; there are: bridge, flannel/],
    ] as const) {
      const { status, stderr, stdout } = netproof('images', ...args);
      assert.equal(status, exitCode.usage, args.join(' '));
      assert.match(stderr, why);
      assert.equal(stdout, '');
    }
  });
});

describe('netproof run --list', () => {
  async function listed(flags: Partial<RunFlags>): Promise<readonly string[]> {
    const { write } = process.stdout;
    let out = '';
    process.stdout.write = ((text: string) => {
      out += text;
      return true;
    }) as typeof write;
    try {
      await runCommand('run', { list: true, out: '', coverage: 'all', reporter: 'json', ...flags });
    } finally {
      process.stdout.write = write;
    }
    const lines = out.trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { check: string }).check);
  }

  it('has every check, or those that were asked for', async () => {
    const all = await listed({});
    assert.ok(all.length > 20);
    const some = await listed({ suite: ['dns', 'services'], grep: /^(dns\/|.*NodePort)/ });
    assert.ok(some.length > 0 && some.length < all.length);
    assert.ok(some.every((id) => /^(dns|services)\//.test(id)));
    await assert.rejects(listed({ grep: /no check is called so/ }), { code: 'NO_SUCH_CHECK', exit: 2 });
  });

  it('shares the checks out, none twice and none left out', async () => {
    const shares: string[] = [];
    for (const index of [1, 2, 3]) shares.push(...(await listed({ shard: { index, of: 3 } })));
    // What is run by its name only is listed with all, and shared out where it is named.
    const all = (await listed({})).filter((id) => !/^churn\/|\/cni\/restart$/.test(id));
    assert.deepEqual(shares.toSorted(), all.toSorted());
    await assert.rejects(listed({ shard: { index: 1, of: 999 } }), { code: 'SHARD_EMPTY', exit: 2 });
  });
});
