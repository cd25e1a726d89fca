import { endWith } from './failure.ts';
import { benchImages } from './images.ts';
import { benchIsolation } from './isolation.ts';
import { benchMatrix } from './matrix.ts';
import { benchProber } from './prober.ts';
import { benchProbes } from './probes.ts';
import { benchPull } from './pull.ts';
import { benchReady } from './ready.ts';
import { benchScale } from './scale.ts';
import { benchShortcuts } from './shortcuts.ts';
import { benchStart } from './start.ts';
import { benchSteady } from './steady.ts';
import { benchUpstream } from './upstream.ts';

/*
 * `pnpm bench` measures probing on a cluster of its own; `pnpm bench isolation [CLUSTER]` the steps of checks of
 * NetworkPolicy; `pnpm bench start` whole runs; `pnpm bench ready CLUSTER…` from nothing to ready; `pnpm bench steady`
 * how often runs are red for nothing; `pnpm bench images [CNI…]` builds from nothing; `pnpm bench pull [CNI] [file]` a
 * run whose images were pulled, or loaded from a file; `pnpm bench upstream RUN` upstream's own verdicts on a proof's
 * cluster; `pnpm bench scale [AGENTS…]` the controller against simulated agents; `pnpm bench probes [CLUSTER]` probes a
 * second and memory of 9, 30 and 100 pods; `pnpm bench prober [CLUSTER]` resident agents against execs of upstream's
 * static prober; `pnpm bench shortcuts [CLUSTER…]` whether checks come to the same on a cluster made the plain way.
 * Figures are for reading: nothing passes or fails by them, but those shortcuts.
 */
const benches: Record<string, (argv: readonly string[]) => Promise<void>> = {
  matrix: benchMatrix,
  isolation: benchIsolation,
  start: benchStart,
  steady: benchSteady,
  ready: benchReady,
  shortcuts: benchShortcuts,
  images: benchImages,
  pull: benchPull,
  upstream: benchUpstream,
  scale: benchScale,
  probes: benchProbes,
  prober: benchProber,
};

const [name = 'matrix', ...argv] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`no such benchmark: ${name}; there are: ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  try {
    await bench(argv);
  } catch (error) {
    endWith(error);
  }
}
