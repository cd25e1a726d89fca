// @ts-check
import { existsSync } from 'node:fs';
import { attempt, run, which } from './command.mjs';
import { SetupError } from './error.mjs';
import { step } from './step.mjs';

/**
 * Debian's and Ubuntu's packages, each with what shows that it is not needed: a command on the PATH or a file.
 * Not by package name: a machine may have Docker from elsewhere, and the two would conflict.
 *
 * @typedef {{ readonly name: string, readonly command?: string, readonly file?: string }} Package
 */

/** What a Docker Engine needs. `jq` is for the OCI runtime wrapper. @type {readonly Package[]} */
export const engine = [
  { name: 'docker.io', command: 'dockerd' },
  { name: 'iptables', command: 'iptables' },
  { name: 'jq', command: 'jq' },
];

/** What building images from source needs, next to Go. @type {readonly Package[]} */
export const builders = [
  { name: 'mmdebstrap', command: 'mmdebstrap' },
  // Which it only recommends, and without which it cannot tell a Debian mirror from another.
  { name: 'debian-archive-keyring', file: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  { name: 'gpg', command: 'gpg' },
  { name: 'gcc', command: 'gcc' },
  { name: 'libc6-dev', file: '/usr/include/stdio.h' },
];

/** An apt run elsewhere on the machine is waited for this long. Seconds. */
const lockWait = 120;

/**
 * @param {readonly Package[]} packages
 * @param {{ path?: string, exists?: (file: string) => boolean }} [machine]
 * @returns {Package[]} those of which the machine has nothing
 */
export function missing(packages, { path, exists = existsSync } = {}) {
  return packages.filter(({ command, file }) =>
    command === undefined ? !exists(file ?? '') : which(command, path ?? withSbin()) === undefined,
  );
}

/**
 * Installs what is missing of these. Refreshes the package lists only where the lists at hand do not do.
 *
 * @param {readonly Package[]} packages
 * @throws {SetupError} `NOT_ROOT`, `NO_APT`, or `COMMAND_FAILED` of apt-get
 */
export async function ensurePackages(packages) {
  const names = missing(packages).map(({ name }) => name);
  if (names.length === 0) return;
  const all = names.join(' ');
  if (which('apt-get') === undefined) {
    throw new SetupError(`this machine lacks ${all}, and it has no apt-get to install them`, {
      code: 'NO_APT',
      hint: `install what your system calls ${all}, then run this again`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(`this machine lacks ${all}, and only root can install them`, {
      code: 'NOT_ROOT',
      hint: `sudo apt-get install --no-install-recommends ${all}`,
    });
  }
  const install = () => aptGet('install', '--no-install-recommends', ...names);
  const done = await step(
    `installing ${all}`,
    async () => (await attempt(install(), { env: quiet })).exitCode === 0,
  );
  if (done) return;
  await step('refreshing the package lists', () => run(aptGet('update'), { env: quiet }));
  await step(`installing ${all}`, () => run(install(), { env: quiet }));
}

/**
 * @param {...string} args
 * @returns {[string, ...string[]]}
 */
function aptGet(...args) {
  return ['apt-get', '--yes', '--quiet', '--option', `DPkg::Lock::Timeout=${lockWait}`, ...args];
}

const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/** Root's PATH with the folders of iptables and dockerd, which `su` and cron leave out. */
export function withSbin() {
  return `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
}
