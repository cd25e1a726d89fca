import { access, constants, stat, statfs } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import type { Component, Cost } from './component.ts';
import { goFolder } from './recipes/go.ts';
import type { Tools } from './tool.ts';

/** Something that a build needs and this machine lacks. */
interface Problem {
  readonly what: string;
  readonly cure: string;
}

/** Programs that a build runs, and Debian's packages that bring them. Go and Docker are asked themselves. */
const programs: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  gcc: 'gcc libc6-dev',
  npm: 'npm',
  tar: 'tar',
  unshare: 'util-linux',
};

/** @throws NetproofError exit 3 with all that this machine lacks for building these components, at once. */
export async function checkMachine(
  tools: Tools,
  cache: string,
  missing: readonly Component[],
): Promise<void> {
  const [go, docker] = [await goPlaces(tools), await dockerPlace(tools)];
  const lacking = [...(await machineProblems()), ...go.problems, ...docker.problems];
  const places = { cache, ...go.places, ...docker.places };
  const small = await diskProblems(diskNeeds(missing, places), freeDisk);
  const problems = [...lacking, ...small];
  if (problems.length === 0) return;
  throw new NetproofError(problems.map(({ what }) => what).join('\n'), {
    code: lacking.length === 0 ? 'DISK_TOO_SMALL' : 'MACHINE_NOT_READY',
    exit: exitCode.environment,
    hint: problems.map(({ cure }) => cure).join('\n'),
  });
}

async function machineProblems(): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    problems.push({
      what: `images are built for linux on x64 only, this is ${process.platform} on ${process.arch}`,
      cure: 'use a machine where a container registry answers',
    });
  }
  if (process.getuid?.() !== 0) {
    problems.push({ what: 'Debian file systems are made by root only', cure: 'run it as root' });
  }
  const absent = [];
  for (const program of Object.keys(programs)) if (!(await onPath(program))) absent.push(program);
  if (absent.length > 0) {
    problems.push({
      what: `not found: ${absent.join(', ')}`,
      cure: `apt-get install --no-install-recommends ${absent.map((program) => programs[program]).join(' ')}`,
    });
  }
  return problems;
}

async function onPath(program: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

interface Found {
  readonly places: Partial<Record<keyof Cost['mb'], string>>;
  readonly problems: readonly Problem[];
}

/** Asked where the newest go.mod is, so that a Go that is too old for it says so. */
async function goPlaces(tools: Tools): Promise<Found> {
  try {
    const output = await tools.run(['go', 'env', 'GOMODCACHE', 'GOCACHE'], { cwd: goFolder('containerd') });
    const [goModules, goBuild] = output.trim().split('\n') as [string, string];
    return { places: { goModules, goBuild }, problems: [] };
  } catch (error) {
    tools.signal.throwIfAborted();
    const what = `no Go that can build this: ${(error as Error).message}`;
    return {
      places: {},
      problems: [{ what, cure: 'install the Go of packages/images/go/*/go.mod or newer' }],
    };
  }
}

async function dockerPlace(tools: Tools): Promise<Found> {
  try {
    const docker = (await tools.run(['docker', 'info', '--format', '{{.DockerRootDir}}'])).trim();
    return { places: { docker }, problems: [] };
  } catch (error) {
    tools.signal.throwIfAborted();
    const what = `Docker does not answer: ${(error as Error).message}`;
    return { places: {}, problems: [{ what, cure: 'start it, or let `npm start` set it up' }] };
  }
}

/** How many MB go where. */
export interface DiskNeed {
  readonly use: keyof Cost['mb'];
  readonly folder: string;
  readonly mb: number;
}

/** What building these components fills, by place. */
export function diskNeeds(
  components: readonly Component[],
  places: Readonly<Partial<Record<keyof Cost['mb'], string>>>,
): DiskNeed[] {
  return Object.entries(places).map(([use, folder]) => {
    const key = use as keyof Cost['mb'];
    return { use: key, folder, mb: components.reduce((sum, { cost }) => sum + (cost.mb[key] ?? 0), 0) };
  });
}

/** A file system: which one a folder is on, and the MB that are free there. */
export interface FreeDisk {
  readonly device: number;
  readonly mb: number;
}

const howToFree: Readonly<Record<keyof Cost['mb'], string>> = {
  cache: 'remove older builds',
  goModules: '`go clean -modcache`',
  goBuild: '`go clean -cache`',
  docker: '`docker system prune`',
};

/** Which file systems are too small for what goes there together. */
export async function diskProblems(
  needs: readonly DiskNeed[],
  free: (folder: string) => Promise<FreeDisk>,
): Promise<Problem[]> {
  const byDevice = new Map<number, { free: number; needs: DiskNeed[] }>();
  for (const need of needs) {
    const { device, mb } = await free(need.folder);
    const known = byDevice.get(device) ?? { free: mb, needs: [] };
    known.needs.push(need);
    byDevice.set(device, known);
  }
  return [...byDevice.values()].flatMap((one) => {
    const sum = one.needs.reduce((total, { mb }) => total + mb, 0);
    if (sum <= one.free) return [];
    const where = one.needs.filter(({ mb }) => mb > 0).map(({ folder, mb }) => `${mb} MB in ${folder}`);
    const cures = one.needs
      .filter(({ mb }) => mb > 0)
      .map(({ use, folder }) => `${howToFree[use]} (${folder})`);
    return [
      {
        what: `building the images needs ${sum} MB of disk (${where.join(', ')}); ${one.free} MB are free`,
        cure: `free ${sum - one.free} MB: ${cures.join(', ')}`,
      },
    ];
  });
}

/** Of a folder that need not exist yet. */
async function freeDisk(folder: string): Promise<FreeDisk> {
  try {
    const [{ dev }, { bavail, bsize }] = [await stat(folder), await statfs(folder)];
    return { device: dev, mb: Math.floor((bavail * bsize) / 1e6) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return freeDisk(dirname(folder));
  }
}
