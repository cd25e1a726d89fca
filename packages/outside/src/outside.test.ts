import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { explain, type NetproofError } from '@netproof/core';
import { sweepOutside } from './containers.ts';
import { throughDocker } from './stream.ts';

/** Knows two containers, remembers what it is told to remove, and runs here what it should exec. */
const docker = `#!/bin/sh
set -eu
case "$1" in
  ps) printf '%s\\n' 'c1 netproof-a' 'c2 netproof-b' ;;
  rm) shift 3; echo "$@" >> "$STAND_IN/removed" ;;
  exec)
    [ "$3" = netproof-a-outside ] || { echo "Error: No such container: $3" >&2; exit 1; }
    shift 3; exec "$@" ;;
esac
`;

describe('containers outside the cluster', () => {
  const { PATH } = process.env;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-outside-'));
    await writeFile(join(folder, 'docker'), docker);
    await chmod(join(folder, 'docker'), 0o755);
    Object.assign(process.env, { PATH: `${folder}${delimiter}${PATH}`, STAND_IN: folder });
  });
  afterEach(async () => {
    Object.assign(process.env, { PATH });
    delete process.env.STAND_IN;
    await rm(folder, { recursive: true });
  });

  const open = async (cluster: string, ...argv: string[]) => {
    const lines: string[] = [];
    const heard = Promise.withResolvers<void>();
    const onLine = (line: string) => {
      lines.push(line);
      heard.resolve();
    };
    return { lines, heard: heard.promise, stream: await throughDocker(cluster, argv)({}, onLine, 1_000) };
  };

  it('are spoken to in lines', async () => {
    const { lines, heard, stream } = await open('netproof-a', 'cat');
    stream.write('hello');
    await heard;
    assert.deepEqual(lines, ['hello']);
    stream.close();
    await stream.closed;
    stream.write('after the close');
  });

  it('say why a stream has ended', async () => {
    const gone = await open('netproof-z', 'cat');
    assert.match(
      (await gone.stream.closed).reason,
      /exited with 1: Error: No such container: netproof-z-outside/,
    );
    const broken = await open('netproof-a', 'sh', '-c', 'echo no agent listens >&2; exit 7');
    assert.equal((await broken.stream.closed).reason, 'it exited with 7: no agent listens');
  });

  it('are swept by the cluster that they belong to', async () => {
    assert.deepEqual(await sweepOutside((cluster) => cluster === 'netproof-b'), ['netproof-b']);
    assert.equal(await readFile(join(folder, 'removed'), 'utf8'), 'c2\n');
    assert.deepEqual(await sweepOutside(() => false), []);
    assert.equal(await readFile(join(folder, 'removed'), 'utf8'), 'c2\n');
  });

  it('cannot be swept without Docker, and that is said', async () => {
    await writeFile(join(folder, 'docker'), '#!/bin/sh\necho no daemon >&2; exit 1\n');
    await assert.rejects(
      sweepOutside(() => true),
      (error: NetproofError) =>
        error.code === 'DOCKER_FAILED' && /^docker ps failed: .*no daemon/s.test(explain(error)),
    );
  });
});
