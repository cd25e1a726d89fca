import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { loadIntoDocker } from './load.ts';
import { writeImageLayout, writeLayer } from './oci.ts';
import { Store } from './store.ts';
import { testFolder } from './testing.ts';
import { Tools } from './tool.ts';

/** Unpacks what it is to load, lists two images and remembers what it is told to remove. */
const docker = `#!/bin/sh
set -eu
case "$1 \${2:-}" in
  'load ') mkdir "$STAND_IN/loaded"; tar -x -C "$STAND_IN/loaded" ;;
  'image ls') printf '%s\\n' ghcr.io/x/agent:2-new ghcr.io/x/agent:1-old ;;
  'image rm') echo "$3" >> "$STAND_IN/removed" ;;
esac
`;

describe('an image that is loaded into Docker', () => {
  it('comes as docker save writes it, with the same configuration and plain layers, and takes the place of older ones', async () => {
    await using folder = await testFolder();
    const at = (...path: string[]) => join(folder.path, ...path);
    await mkdir(at('bin'));
    await writeFile(at('bin', 'docker'), docker);
    await chmod(at('bin', 'docker'), 0o755);
    const layer = {
      ...(await writeLayer(Readable.from([Buffer.from('a tar')]), at('layer'))),
      file: at('layer'),
    };
    await mkdir(at('layout'));
    await writeImageLayout(at('layout'), {
      ref: 'ghcr.io/x/agent:2',
      layers: [layer],
      config: { Cmd: ['node'] },
    });
    const env = { PATH: `${at('bin')}${delimiter}${process.env.PATH}`, STAND_IN: folder.path };
    const tools = new Tools(() => {}, new AbortController().signal, env);
    await tools.run(['tar', '-C', at('layout'), '-cf', at('image.tar'), '.']);

    await loadIntoDocker(
      tools,
      at('image.tar'),
      'ghcr.io/x/agent:2-new',
      new Store(at('store'), assert.fail),
    );

    const [saved] = JSON.parse(await readFile(at('loaded', 'manifest.json'), 'utf8'));
    assert.deepEqual(saved.RepoTags, ['ghcr.io/x/agent:2-new']);
    const config = JSON.parse(await readFile(at('loaded', saved.Config), 'utf8'));
    assert.deepEqual(config.config, { Cmd: ['node'] });
    const bytes = await readFile(at('loaded', saved.Layers[0]));
    assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, config.rootfs.diff_ids[0]);
    assert.equal(await readFile(at('removed'), 'utf8'), 'ghcr.io/x/agent:1-old\n');
  });
});
