import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { forgetImages } from './forget-images.ts';
import { netproof } from './netproof.ts';

/** Tools that only a build needs: the run must do without them. */
const buildTools = /^(go|gofmt|gcc|cc|npm|mmdebstrap|debootstrap)$|gcc/;

/**
 * A run on a CNI from pulled images alone: they are pushed into a registry on loopback, Debian's docker-registry, and
 * forgotten; the run has an empty cache and finds neither Go nor any other tool of a build. `save` and `load` through
 * a file instead of it with `pnpm bench pull CNI file`. Throws where a run does not pass. Leaves the user's cache
 * alone; images in Docker come back from it when they are needed.
 */
export async function benchPull([cni = 'bridge', by = 'registry']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-bench-'));
  const cache = { NETPROOF_CACHE: join(folder, 'cache'), PATH: await pathWithoutBuildTools(folder) };
  const report = (what: string, ms: number) =>
    process.stdout.write(`\n${what} for ${cni}: ${(ms / 1000).toFixed(0)} s\n`);
  try {
    if (by === 'file') {
      const file = join(folder, 'images.tar');
      report('images save', await netproof(['images', 'save', file, '--cni', cni]));
      forgetImages();
      report('images load', await netproof(['images', 'load', file], cache));
      report('a run with what was loaded', await netproof(['run', '--cni', cni], cache));
      return;
    }
    await using registry = await debianRegistry(folder);
    report('images push', await netproof(['images', 'push', registry.name, '--cni', cni]));
    forgetImages();
    const env = { ...cache, NETPROOF_MIRROR: registry.name };
    report('a run that pulls', await netproof(['run', '--cni', cni], env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Debian's docker-registry, unpacked into a folder and not installed, on a free port of loopback. */
async function debianRegistry(folder: string): Promise<{ readonly name: string } & AsyncDisposable> {
  const at = join(folder, 'registry');
  await mkdir(at);
  execFileSync('apt-get', ['--quiet', 'download', 'docker-registry'], { cwd: at, stdio: 'inherit' });
  const [deb = ''] = (await readdir(at)).filter((name) => name.endsWith('.deb'));
  execFileSync('dpkg', ['-x', join(at, deb), at]);
  const name = `127.0.0.1:${await freePort()}`;
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(at, 'data') } },
    http: { addr: name },
  };
  // YAML takes JSON.
  await writeFile(join(at, 'config.yml'), JSON.stringify(config));
  const server = spawn(join(at, 'usr', 'bin', 'docker-registry'), ['serve', join(at, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: server.stderr }).on('line', (line) => line.includes('listening on') && resolve());
  server.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}`)));
  await promise;
  return {
    name,
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, 'close');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A folder with every program of the PATH but those that builds need. */
async function pathWithoutBuildTools(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const from of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of await readdir(from).catch(() => [])) {
      if (buildTools.test(name) || !runs(join(from, name))) continue;
      // The first of a name counts, as on the PATH.
      await symlink(join(from, name), join(bin, name)).catch(() => {});
    }
  }
  return bin;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
