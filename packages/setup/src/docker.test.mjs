// @ts-check
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from './command.mjs';
import { askEngine, refusal } from './docker.mjs';

describe('a command with a bound', () => {
  it('is ended by it, also where what it started holds its output open', async () => {
    const { exitCode, late } = await attempt(['sh', '-c', 'sleep 15; true'], { bound: 100 });
    assert.deepEqual({ exitCode, late }, { exitCode: null, late: true });
  });

  it('that ends by itself is not late', async () => {
    const { exitCode, late } = await attempt(['sh', '-c', 'exit 3'], { bound: 60_000 });
    assert.deepEqual({ exitCode, late }, { exitCode: 3, late: false });
  });
});

describe('the Docker Engine', () => {
  const saved = { PATH: process.env.PATH, DOCKER_HOST: process.env.DOCKER_HOST };
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-docker-'));
    process.env.PATH = `${folder}:${saved.PATH}`;
    delete process.env.DOCKER_HOST;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    process.env.PATH = saved.PATH;
    if (saved.DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = saved.DOCKER_HOST;
  });

  /** @param {string} script of the docker command */
  const docker = (script) => {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'docker'), 0o755);
  };

  it('says its version', async () => {
    docker('echo 28.2.2');
    assert.equal((await askEngine(60_000)).version, '28.2.2');
  });

  it('that says nothing is silent, and not one that may be started', async () => {
    docker('exec sleep 600');
    const answer = await askEngine(500);
    assert.deepEqual(
      { version: answer.version, silent: answer.silent },
      { version: undefined, silent: true },
    );
    const refused = refusal(answer);
    assert.equal(refused?.code, 'DOCKER_SILENT');
    assert.match(refused?.message ?? '', /no answer within 0.5 s/);
    assert.match(refused?.hint ?? '', /^restart it: (systemctl|pnpm)/);
  });

  it('that is not there at DOCKER_HOST is not started elsewhere', async () => {
    docker('echo "Cannot connect to the Docker daemon at $DOCKER_HOST" >&2; exit 1');
    process.env.DOCKER_HOST = 'unix:///no/such.sock';
    const answer = await askEngine(60_000);
    assert.equal(answer.silent, false);
    assert.match(refusal(answer)?.message ?? '', /DOCKER_HOST=unix:\/\/\/no\/such.sock:\n.*Cannot connect/);
  });
});
