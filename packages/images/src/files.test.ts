import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesFolder } from './recipes/debian.ts';
import { testFolder } from './testing.ts';

/** A program that prints its name and arguments. */
function fake(folder: string, name: string, body = `echo ${name} "$@"`): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

describe('runc-without-sys-resource', () => {
  const wrapper = join(filesFolder, 'runc-without-sys-resource');
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const here = (BigInt(`0x${bounding}`) >> 24n) % 2n === 1n;
  const sets = { bounding: ['CAP_CHOWN', 'CAP_SYS_RESOURCE'], ambient: null };
  const left = { bounding: here ? sets.bounding : ['CAP_CHOWN'], ambient: null };
  const run = (folder: string, ...args: string[]) =>
    execFileSync(wrapper, args, {
      env: { ...process.env, REAL_RUNC: fake(folder, 'real') },
      encoding: 'utf8',
    });

  for (const flag of [['--bundle'], ['-b'], ['--bundle=']]) {
    it(`takes the capability out of a bundle (${flag}) where this machine lacks it`, async () => {
      await using folder = await testFolder();
      const config = join(folder.path, 'config.json');
      writeFileSync(config, JSON.stringify({ process: { capabilities: sets, args: ['sh'] } }));
      const bundle = flag[0]?.endsWith('=') ? [`${flag}${folder.path}`] : [...flag, folder.path];
      const output = run(folder.path, '--log', 'x', 'create', ...bundle, 'id');
      assert.equal(output, `real --log x create ${bundle.join(' ')} id\n`);
      const { process: after } = JSON.parse(readFileSync(config, 'utf8'));
      assert.deepEqual(after, { capabilities: left, args: ['sh'] });
    });
  }

  it('takes it out of the process of an exec', async () => {
    await using folder = await testFolder();
    const file = join(folder.path, 'process.json');
    writeFileSync(file, JSON.stringify({ capabilities: sets, cwd: '/' }));
    run(folder.path, 'exec', '--process', file, '--detach', 'id');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { capabilities: left, cwd: '/' });
  });

  it('is runc for everything else', async () => {
    await using folder = await testFolder();
    assert.equal(run(folder.path, 'kill', 'id', '9'), 'real kill id 9\n');
  });
});

describe('iptables-like-the-node', () => {
  for (const [what, saved, variant] of [
    ['legacy where the kubelet wrote there', ':KUBE-IPTABLES-HINT - [0:0]', 'legacy'],
    ['nft elsewhere', ':DOCKER - [0:0]', 'nft'],
  ] as const) {
    it(`is ${what}`, async () => {
      await using folder = await testFolder();
      fake(folder.path, 'iptables-legacy-save', `echo '${saved}'`);
      for (const name of ['iptables', 'ip6tables-restore']) {
        const [family, action = ''] = name.split(/(?=-)/) as [string, string?];
        fake(folder.path, `${family}-${variant}${action}`);
        symlinkSync(join(filesFolder, 'iptables-like-the-node'), join(folder.path, name));
        const env = { PATH: `${folder.path}:${process.env.PATH}` };
        const output = execFileSync(join(folder.path, name), ['-w', '5'], { env, encoding: 'utf8' });
        assert.equal(output, `${family}-${variant}${action} -w 5\n`);
      }
    });
  }
});
