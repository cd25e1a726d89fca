// Builds or finds everything of some CNIs, for developers: node packages/images/src/build.ts bridge flannel
import { join } from 'node:path';
import { explain, interrupted, NetproofError } from '@netproof/core';
import { ensureImages } from './ensure.ts';
import { cacheFolder } from './store.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => stop.abort(interrupted(`stopped by ${name}`)));
}

let last = '';
try {
  const cnis = process.argv.slice(2);
  const images = await ensureImages({
    cnis,
    log: join(cacheFolder(), 'build.log'),
    signal: stop.signal,
    onWarning: (message) => console.log(`! ${message}`),
    onProgress: ({ doing, fraction, secondsLeft }) => {
      const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft / 10) * 10} s left`;
      const line = `${Math.floor(fraction * 100)} %${left}: ${doing}`;
      if (line !== last) console.log(line);
      last = line;
    },
  });
  console.log(JSON.stringify(cnis.map(images), null, 2));
} catch (error) {
  console.error(explain(error));
  if (error instanceof NetproofError && error.hint) console.error(error.hint);
  process.exitCode = error instanceof NetproofError ? error.exit : 4;
}
