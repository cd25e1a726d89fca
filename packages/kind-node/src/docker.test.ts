import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containers } from './docker.ts';

describe('the containers of all clusters', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-docker-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** What a docker says that lists two containers and, asked about them, complains so of one. */
  const listed = async (complaint: string) => {
    const one = {
      Id: '1',
      Name: '/mine-worker',
      Config: { Labels: { 'io.x-k8s.kind.cluster': 'mine', 'io.x-k8s.kind.role': 'worker' } },
      State: { Running: true },
      NetworkSettings: { Networks: { net: { IPAddress: '172.18.0.2' } } },
    };
    const script = `#!/bin/sh
case $1 in
  ps) printf '1\\n2\\n' ;;
  inspect) echo '${JSON.stringify([one])}'; echo '${complaint}' >&2; exit 1 ;;
esac`;
    const docker = join(folder, 'docker');
    await writeFile(docker, script);
    await chmod(docker, 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    return containers(undefined, 'net', { env, signal: new AbortController().signal });
  };

  it('are those that are still there, where another run has removed its own meanwhile', async () => {
    const found = await listed('Error response from daemon: No such container: 2');
    assert.deepEqual(
      found.map(({ name, ip }) => [name, ip]),
      [['mine-worker', '172.18.0.2']],
    );
  });

  it('are not known where docker fails otherwise', async () => {
    await assert.rejects(listed('Cannot connect to the Docker daemon'), /exited with 1/);
  });
});
