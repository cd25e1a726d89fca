import { access, constants, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { isBarred } from '@netproof/setup/capabilities';
import type { Component } from './component.ts';
import { diskNeeds, diskProblems, freeDisk, type Places, type Problem } from './disk.ts';
import { goFolder } from './recipes/go.ts';
import type { Tools } from './tool.ts';

/** Programs that a build runs, and Debian's packages that bring them. Go and Docker are asked themselves. */
const programs: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  gcc: 'gcc libc6-dev',
  npm: 'npm',
  tar: 'tar',
  unshare: 'util-linux',
};

/**
 * @param plan components that will be pulled, and those that will be built: only these need Go and the programs
 * @throws NetproofError exit 3 with all that this machine lacks for them, at once
 */
export async function checkMachine(
  tools: Tools,
  cache: string,
  { pull, build }: { readonly pull: readonly Component[]; readonly build: readonly Component[] },
): Promise<void> {
  const docker = await dockerPlace(tools);
  const builder = build.length > 0 ? await builderOf(tools) : { places: {}, problems: platformProblems() };
  const lacking = [...builder.problems, ...docker.problems];
  const needs = [
    ...diskNeeds(pull, { cache, ...docker.places }),
    ...diskNeeds(build, { cache, ...builder.places, ...docker.places }),
  ];
  const small = await diskProblems(needs, freeDisk, build.length > 0 ? 'building' : 'pulling');
  const problems = [...lacking, ...small];
  if (problems.length === 0) return;
  throw new NetproofError(problems.map(({ what }) => what).join('\n'), {
    code: lacking.length === 0 ? 'DISK_TOO_SMALL' : 'MACHINE_NOT_READY',
    exit: exitCode.environment,
    hint: problems.map(({ cure }) => cure).join('\n'),
  });
}

/** Go's folders, and all that stands in the way of a build but Docker and disk. */
export async function builderOf(tools: Tools): Promise<Found> {
  const go = await goPlaces(tools);
  return { places: go.places, problems: [...(await machineProblems()), ...go.problems] };
}

/** Also what is pulled was built for it. */
function platformProblems(): Problem[] {
  const { platform, arch } = process;
  if (platform === 'linux' && arch === 'x64') return [];
  const what = `images are built for linux on x64 only, this is ${platform} on ${arch}`;
  return [{ what, cure: 'use a Linux machine on x64' }];
}

async function machineProblems(): Promise<Problem[]> {
  const problems = platformProblems();
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

/**
 * Whether kind's published node images run here. Their systemd refuses cgroup v1, and without
 * CAP_SYS_RESOURCE pods that ask for it fail; the image that is built here can do with both.
 */
export async function runsUpstreamNodes(): Promise<boolean> {
  const cgroup = await statfs('/sys/fs/cgroup');
  return cgroup.type === cgroup2Magic && !isBarred('SYS_RESOURCE');
}

/** CGROUP2_SUPER_MAGIC of linux/magic.h. */
const cgroup2Magic = 0x63677270;

export interface Found {
  readonly places: Places;
  readonly problems: readonly Problem[];
}

/** The module of `go/` that asks for the newest Go; a test compares. */
export const newestGo = 'containerd';

/** Asked where the newest go.mod is, so that a Go that is too old for it says so. */
async function goPlaces(tools: Tools): Promise<Found> {
  try {
    const output = await tools.run(['go', 'env', 'GOMODCACHE', 'GOCACHE'], { cwd: goFolder(newestGo) });
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
