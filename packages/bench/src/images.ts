import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureImages } from '@netproof/images';

/** All images from nothing: no cache of ours, no Go modules, no compiled packages. Leaves the user's caches alone. */
export async function benchImages(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-bench-'));
  const log = join(tmpdir(), 'netproof-bench-images.log');
  process.env.NETPROOF_CACHE = join(folder, 'cache');
  process.env.GOMODCACHE = join(folder, 'modules');
  process.env.GOCACHE = join(folder, 'compiled');
  // Go writes its module cache read-only, and then nobody can delete it.
  process.env.GOFLAGS = `${process.env.GOFLAGS ?? ''} -modcacherw`.trim();
  const start = performance.now();
  let tenth = -1;
  try {
    await ensureImages({
      cnis: ['bridge'],
      log,
      signal: new AbortController().signal,
      onWarning: (warning) => process.stderr.write(`! ${warning}\n`),
      onProgress: ({ fraction, doing }) => {
        if (Math.floor(fraction * 10) === tenth) return;
        tenth = Math.floor(fraction * 10);
        process.stderr.write(
          `${((performance.now() - start) / 1000).toFixed(0)} s: ${tenth * 10} % ${doing}\n`,
        );
      },
    });
    process.stdout.write(`\nimages from nothing: ${((performance.now() - start) / 60_000).toFixed(1)} min\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
