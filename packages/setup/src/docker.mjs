// @ts-check
import { alone } from './alone.mjs';
import { builders, engine, ensurePackages, missing } from './apt.mjs';
import { attempt, lastLines, which } from './command.mjs';
import { ownDockerd, refreshWrapper, startDockerd } from './dockerd.mjs';
import { SetupError } from './error.mjs';
import { raiseInotifyInstances } from './inotify.mjs';

export { stopDocker } from './dockerd.mjs';
export { ownDockerd };

/** An Engine that lives answers within it, also one that is just starting with many containers. */
const answerBound = 30_000;
/** After so long, who waits is told for what. */
const patience = 2_000;

/**
 * What an Engine says when it is asked for its version: `version` where it answers, else what the docker command
 * `said`; `silent` where neither an answer nor a refusal came in time.
 *
 * @typedef {{ readonly version?: string, readonly said: string, readonly silent: boolean }} Answer
 */

/**
 * A Docker Engine that answers. One that answers already is left alone completely, whoever runs it. Else, as
 * root on Debian or Ubuntu, one is installed and started; it runs on after this process ends.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} `NO_DOCKER`, `DOCKER_SILENT`, `DOCKER_NOT_STARTED`, or what installing says; all with `exit` 3
 */
export async function ensureDocker() {
  if (!(await answersNow())) await alone(installDocker);
  // The nodes of an Engine elsewhere share nothing with this machine.
  if (!/^$|^unix:/.test(process.env.DOCKER_HOST ?? '')) return;
  const raised = raiseInotifyInstances();
  if (raised !== undefined) process.stderr.write(`• ${raised}\n`);
}

async function installDocker() {
  if (await answersNow()) return;
  await ensurePackages([...engine, ...missing(builders)]);
  // Newer Debian has the client in a package of its own, older has no such package.
  if (which('docker') === undefined) await ensurePackages([{ name: 'docker-cli', command: 'docker' }]);
  // Where an init system runs, the package has started its service by now.
  if ((await answer()).version !== undefined) return;
  await startDockerd();
  const after = await answer();
  if (after.version === undefined) {
    throw new SetupError(
      `a Docker Engine was started, but the docker command does not reach it:\n${lastLines(after.said)}`,
      {
        code: 'DOCKER_NOT_STARTED',
        hint: 'see `docker context ls`: another context may be in use',
      },
    );
  }
}

/** @returns {Promise<boolean>} false where one may be started */
async function answersNow() {
  const given = await answer();
  if (given.version !== undefined) {
    refreshWrapper();
    return true;
  }
  const refused = refusal(given);
  if (refused !== undefined) throw refused;
  return false;
}

async function answer() {
  const waiting = setTimeout(() => {
    process.stderr.write('• waiting for the Docker Engine, which has not answered yet\n');
  }, patience);
  try {
    return await askEngine(answerBound);
  } finally {
    clearTimeout(waiting);
  }
}

/**
 * What building images from source needs of the machine, next to Docker and Go.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} with `exit` 3 and the command that cures it
 */
export async function ensureBuildTools() {
  if (missing(builders).length > 0) await alone(() => ensurePackages(builders));
}

/**
 * Asked through the docker command, because it knows contexts, DOCKER_HOST and certificates, and kind uses it.
 *
 * @param {number} bound milliseconds
 * @returns {Promise<Answer>}
 */
export async function askEngine(bound) {
  if (which('docker') === undefined) return { said: 'there is no docker command', silent: false };
  const argv = /** @type {const} */ (['docker', 'version', '--format', '{{.Server.Version}}']);
  const { exitCode, stdout, output, late } = await attempt(argv, { bound });
  if (exitCode === 0) return { version: stdout.trim(), said: output, silent: false };
  return { said: late ? `no answer within ${bound / 1000} s` : output, silent: late };
}

/**
 * Why starting an Engine of our own is not possible, or not what the user meant.
 *
 * @param {Answer} answer of an Engine that gave no version
 * @returns {SetupError | undefined} undefined where one may be installed and started
 */
export function refusal({ said, silent }) {
  const host = process.env.DOCKER_HOST;
  const at = host ? ` at DOCKER_HOST=${host}` : '';
  if (silent) {
    return new SetupError(`the Docker Engine${at} does not answer, and does not refuse either: ${said}`, {
      code: 'DOCKER_SILENT',
      hint: host
        ? 'restart it, or unset DOCKER_HOST so that one is looked for, or started, on this machine'
        : `restart it: ${ownDockerd() ? 'pnpm netproof clean --docker, then again' : 'systemctl restart docker'}`,
    });
  }
  if (host) {
    return new SetupError(`no Docker Engine answers at DOCKER_HOST=${host}:\n${lastLines(said)}`, {
      code: 'NO_DOCKER',
      hint: 'start it, or unset DOCKER_HOST so that one is looked for, or started, on this machine',
    });
  }
  if (process.getuid?.() === 0 && process.platform === 'linux') return undefined;
  if (/permission denied/.test(said)) {
    return new SetupError(`there is a Docker Engine, but this user may not use it:\n${lastLines(said)}`, {
      code: 'NO_DOCKER',
      hint: 'sudo usermod -aG docker "$USER", then log in again; or run this command as root',
    });
  }
  return new SetupError(
    `no Docker Engine answers, and only root on Linux can have one started here:\n${lastLines(said)}`,
    {
      code: 'NO_DOCKER',
      hint: 'start a Docker Engine so that `docker version` works for this user, or run this command as root',
    },
  );
}
