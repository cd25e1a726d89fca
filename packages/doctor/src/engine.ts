import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { bounds } from '@netproof/core';
import { refs } from '@netproof/images';
import { askEngine, ownDockerd, refusal } from '@netproof/setup/docker';
import { ask, firstLine, late } from './ask.ts';
import { type Fact, lacks, note, there, unknown } from './fact.ts';

/** What `docker info` says, as far as it is used. */
interface Info {
  readonly Driver: string;
  readonly DockerRootDir: string;
  readonly CgroupDriver: string;
  readonly Runtimes: Readonly<Record<string, { readonly path?: string }>>;
  readonly DefaultRuntime: string;
}

export interface Engine {
  readonly answers: boolean;
  /** The folder of its data, where it runs on this machine. */
  readonly data: string | undefined;
  readonly facts: readonly Fact[];
}

/** The docker command, the Engine, what would keep its containers from starting. */
export async function lookAtEngine(): Promise<Engine> {
  const [answer, client] = await Promise.all([askEngine(bounds.machineAnswer), clientFact()]);
  if (answer.version === undefined) {
    const refused = refusal(answer);
    const value = answer.silent
      ? answer.said
      : `does not answer: ${firstLine(answer.said).replace(/: Get "http.*$/, '')}`;
    const fact = refused
      ? lacks('Docker Engine', value, { neededBy: 'clusters', cure: refused.hint ?? refused.message })
      : note('Docker Engine', value, {
          neededBy: 'clusters',
          cost: 'a run installs and starts one',
          cure: 'npm start',
        });
    return { answers: false, data: undefined, facts: [client, fact] };
  }
  const local = /^$|^unix:/.test(process.env.DOCKER_HOST ?? '');
  const said = await ask(['docker', 'info', '--format', '{{json .}}']);
  if (!said.ok) {
    const fact = unknown('Docker Engine', `${answer.version}; of docker info: ${firstLine(said.output)}`);
    return { answers: true, data: undefined, facts: [client, fact] };
  }
  const info = JSON.parse(said.stdout) as Info;
  const value = `${answer.version}, ${info.Driver}, cgroups by ${info.CgroupDriver}, ${startedBy(local)}`;
  const engine = there('Docker Engine', value, { neededBy: 'clusters' });
  return {
    answers: true,
    data: local ? info.DockerRootDir : undefined,
    facts: [client, engine, ...(local ? runtime(info) : [])],
  };
}

async function clientFact(): Promise<Fact> {
  const said = await ask(['docker', '--version']);
  const name = 'docker command';
  if (said.ok) return there(name, said.stdout.replace(/^Docker version /, ''));
  if (said.late) return unknown(name, said.output);
  return note(name, firstLine(said.output), {
    neededBy: 'clusters',
    cost: 'a run as root installs it',
    cure: 'apt-get install docker.io',
  });
}

function startedBy(local: boolean): string {
  if (!local) return `at DOCKER_HOST=${process.env.DOCKER_HOST}`;
  const own = ownDockerd();
  if (own !== undefined) return `started by netproof (process ${own})`;
  try {
    const pid = Number.parseInt(readFileSync('/var/run/docker.pid', 'utf8'), 10);
    const unit = /docker\.service/.test(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
    return `started by ${unit ? 'systemd' : 'somebody else'} (process ${pid})`;
  } catch {
    return 'not started by netproof';
  }
}

/** A runtime that has gone lets no container start, and nothing else says so. */
function runtime({ Runtimes, DefaultRuntime }: Info): Fact[] {
  const path = Runtimes[DefaultRuntime]?.path;
  if (path === undefined || !path.startsWith('/') || DefaultRuntime === 'runc') return [];
  const name = 'OCI runtime';
  const neededBy = 'every container';
  if (existsSync(path)) return [there(name, `${DefaultRuntime}: ${path}`, { neededBy })];
  const value = `${DefaultRuntime}: ${path} is gone`;
  const cure = ownDockerd()
    ? 'npm start puts it back'
    : 'put the file back, or start dockerd again without it';
  return [lacks(name, value, { neededBy, cost: 'no container starts', cure })];
}

/** Whether a registry has the node image, asked through the Engine, which is who would pull it. */
export async function registryFact(): Promise<Fact> {
  const name = 'registry';
  const more = { neededBy: 'images that need no build', cost: 'without one, images are built from source' };
  const said = await ask(['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  const socket = /^unix:\/\/(.*)$/.exec(said.stdout)?.[1];
  if (!said.ok || socket === undefined) {
    return unknown(name, 'asked only through an Engine with a Unix socket', more);
  }
  const { status, text } = await distribution(socket);
  if (status === 200) return there(name, `answers, and has ${refs.node}`);
  if (status === undefined) return unknown(name, text, more);
  return note(name, `${refs.node} is not to be had: ${messageOf(text)}`, more);
}

/** Engine API, DistributionInspect: asks the registry for a manifest and fetches nothing else. */
function distribution(socketPath: string): Promise<{ status?: number; text: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status?: number; text: string }>();
  const signal = AbortSignal.timeout(bounds.machineAnswer);
  const asked = request({ socketPath, path: `/distribution/${refs.node}/json`, signal }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', () => resolve({ text: late }));
  });
  asked.on('error', (error) => resolve({ text: signal.aborted ? late : error.message }));
  asked.end();
  return promise;
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text).replace(
      /^.*: (?=lookup )/,
      '',
    );
  } catch {
    return firstLine(text);
  }
}
