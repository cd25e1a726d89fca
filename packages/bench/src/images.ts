import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureImages } from '@netproof/images';
import { forgetImages } from './forget-images.ts';

/**
 * The images of each CNI named, one after the other, from nothing: no cache of ours, no Go modules, no compiled
 * packages, and no image of ours in Docker. What they share is built with the first. Leaves the user's caches alone.
 */
export async function benchImages(cnis: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-bench-'));
  process.env.NETPROOF_CACHE = join(folder, 'cache');
  process.env.GOMODCACHE = join(folder, 'modules');
  process.env.GOCACHE = join(folder, 'compiled');
  // Go writes its module cache read-only, and then nobody can delete it.
  process.env.GOFLAGS = `${process.env.GOFLAGS ?? ''} -modcacherw`.trim();
  forgetImages();
  try {
    for (const cni of cnis.length > 0 ? cnis : ['bridge']) {
      const start = performance.now();
      await build(cni, () => (performance.now() - start) / 1000);
      process.stdout.write(`\nimages of ${cni}: ${((performance.now() - start) / 60_000).toFixed(1)} min\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(cni: string, seconds: () => number): Promise<void> {
  let tenth = -1;
  await ensureImages({
    cnis: [cni],
    log: join(tmpdir(), 'netproof-bench-images.log'),
    signal: new AbortController().signal,
    onWarning: (warning) => process.stderr.write(`! ${warning}\n`),
    onProgress: ({ fraction, doing }) => {
      if (Math.floor(fraction * 10) === tenth) return;
      tenth = Math.floor(fraction * 10);
      process.stderr.write(`${cni}, ${seconds().toFixed(0)} s: ${tenth * 10} % ${doing}\n`);
    },
  });
}
