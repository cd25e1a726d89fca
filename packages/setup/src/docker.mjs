// @ts-check
import { builders, engine, ensurePackages, missing } from './apt.mjs';
import { attempt, lastLines, which } from './command.mjs';
import { startDockerd } from './dockerd.mjs';
import { SetupError } from './error.mjs';

export { stopDocker } from './dockerd.mjs';

/**
 * A Docker Engine that answers. One that answers already is left alone completely, whoever runs it. Else, as
 * root on Debian or Ubuntu, one is installed and started; it runs on after this process ends.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} `NO_DOCKER`, `DOCKER_NOT_STARTED`, or what installing says; all with `exit` 3
 */
export async function ensureDocker() {
  const before = await serverAnswers();
  if (before === true) return;
  refuse(before);
  await ensurePackages([...engine, ...missing(builders)]);
  // Newer Debian has the client in a package of its own, older has no such package.
  if (which('docker') === undefined) await ensurePackages([{ name: 'docker-cli', command: 'docker' }]);
  // Where an init system runs, the package has started its service by now.
  if ((await serverAnswers()) === true) return;
  await startDockerd();
  const after = await serverAnswers();
  if (after !== true) {
    throw new SetupError(
      `a Docker Engine was started, but the docker command does not reach it:\n${lastLines(after)}`,
      {
        code: 'DOCKER_NOT_STARTED',
        hint: 'see `docker context ls`: another context may be in use',
      },
    );
  }
}

/**
 * What building images from source needs of the machine, next to Docker and Go.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} with `exit` 3 and the command that cures it
 */
export async function ensureBuildTools() {
  await ensurePackages(builders);
}

/**
 * Asked through the docker command, because it knows contexts, DOCKER_HOST and certificates, and kind uses it.
 *
 * @returns {Promise<true | string>} true, or what the command said
 */
async function serverAnswers() {
  if (which('docker') === undefined) return 'there is no docker command';
  const { exitCode, output } = await attempt(['docker', 'version', '--format', '{{.Server.Version}}']);
  return exitCode === 0 || output;
}

/**
 * Ends where starting an Engine of our own is not possible, or not what the user meant.
 *
 * @param {string} said what the docker command said
 */
function refuse(said) {
  const host = process.env.DOCKER_HOST;
  if (host) {
    throw new SetupError(`no Docker Engine answers at DOCKER_HOST=${host}:\n${lastLines(said)}`, {
      code: 'NO_DOCKER',
      hint: 'start it, or unset DOCKER_HOST so that one is looked for, or started, on this machine',
    });
  }
  if (process.getuid?.() === 0 && process.platform === 'linux') return;
  if (/permission denied/.test(said)) {
    throw new SetupError(`there is a Docker Engine, but this user may not use it:\n${lastLines(said)}`, {
      code: 'NO_DOCKER',
      hint: 'sudo usermod -aG docker "$USER", then log in again; or run this command as root',
    });
  }
  throw new SetupError(
    `no Docker Engine answers, and only root on Linux can have one started here:\n${lastLines(said)}`,
    {
      code: 'NO_DOCKER',
      hint: 'start a Docker Engine so that `docker version` works for this user, or run this command as root',
    },
  );
}
