import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { checkMachine } from './machine.ts';
import { component, testFolder } from './testing.ts';
import { Tools } from './tool.ts';

describe('a machine', () => {
  const { arch } = process;
  afterEach(() => Object.defineProperty(process, 'arch', { value: arch }));

  it('of another kind is refused also where everything is pulled', async () => {
    await using folder = await testFolder();
    const docker = join(folder.path, 'docker');
    await writeFile(docker, `#!/bin/sh\necho '${folder.path}'\n`);
    await chmod(docker, 0o755);
    const env = { PATH: `${folder.path}${delimiter}${process.env.PATH}` };
    const tools = new Tools(() => {}, new AbortController().signal, env);
    const check = () => checkMachine(tools, folder.path, { pull: [component('kind')], build: [] });
    await check();
    Object.defineProperty(process, 'arch', { value: 'arm64' });
    await assert.rejects(check(), { code: 'MACHINE_NOT_READY', exit: 3, message: /linux on arm64/ });
  });
});
