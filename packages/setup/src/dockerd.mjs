// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { withSbin } from './apt.mjs';
import { lastLines } from './command.mjs';
import { SetupError } from './error.mjs';
import { cache, ensureFolder, root } from './folders.mjs';
import { sampledUntil } from './sample.mjs';
import { step } from './step.mjs';

/** Ours: what belongs to the Docker Engine that we started, and shows that we did. */
const folder = join(cache, 'docker');
const pidFile = join(folder, 'dockerd.pid');
const logFile = join(folder, 'dockerd.log');
const wrapper = join(folder, 'runc-without-sys-resource');

/** Where dockerd listens if nobody says otherwise. */
const socket = '/var/run/docker.sock';

/** dockerd answers within it: it starts containerd, sets up its networks, loads what containers it knows. */
const startBound = 60_000;
/** dockerd is gone within it: it gives each container 10 s to end, then kills it. */
const stopBound = 60_000;

/**
 * Starts dockerd so that it outlives this process, and waits until it answers.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} `DOCKER_NOT_STARTED` with the last lines of its log
 */
export async function startDockerd() {
  ensureFolder(folder);
  await step('starting a Docker Engine', async () => {
    /** @type {{ ended?: string }} */
    const daemon = ourPid() === undefined ? await spawnDockerd() : {};
    // One that lost against another start of ours ends, and the other one will answer.
    const over = () => daemon.ended !== undefined && ourPid() === undefined;
    let answers = false;
    const settled = await sampledUntil(async () => {
      answers = await ping();
      return answers || over();
    }, startBound);
    if (answers) return;
    const how = settled ? daemon.ended : `did not answer within ${startBound / 1000} s`;
    throw new SetupError(`dockerd ${how}\n${lastLines(readFileSync(logFile, 'utf8'))}`, {
      code: 'DOCKER_NOT_STARTED',
      hint: `its log: ${logFile}; or start a Docker Engine yourself, one that answers is used as it is`,
    });
  });
}

/**
 * Stops the Docker Engine that we started; any other is left alone.
 *
 * @returns {Promise<boolean>} whether there was one
 * @throws {SetupError} `DOCKER_NOT_STOPPED`
 */
export async function stopDocker() {
  const pid = ourPid();
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  if (await sampledUntil(() => ourPid() === undefined, stopBound)) return true;
  throw new SetupError(`dockerd (process ${pid}) did not end within ${stopBound / 1000} s`, {
    code: 'DOCKER_NOT_STOPPED',
    hint: `its log: ${logFile}`,
  });
}

/** @returns {number | undefined} the process of our dockerd, where it runs: a pid file alone proves nothing */
function ourPid() {
  const pid = pidIn(pidFile);
  return pid !== undefined && isRunning(pid, pidFile) ? pid : undefined;
}

/** @returns {Promise<{ ended?: string }>} `ended` appears when it ends, and says how */
async function spawnDockerd() {
  await sweepLeftovers();
  const log = openSync(logFile, 'w');
  const runtime = lacksSysResource() ? await registeredWrapper() : [];
  const child = spawn('dockerd', [`--pidfile=${pidFile}`, ...runtime], {
    cwd: '/',
    detached: true,
    env: { ...process.env, PATH: withSbin() },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  /** @type {{ ended?: string }} */
  const daemon = {};
  child.on('error', (error) => {
    daemon.ended = `could not be run: ${error.message}`;
  });
  child.on('exit', (code, signal) => {
    daemon.ended = `ended with ${signal ?? `exit code ${code}`}`;
  });
  child.unref();
  return daemon;
}

/**
 * What a killed run leaves behind makes dockerd give up or wait in vain: it believes a pid file if any process
 * has that number, and a containerd socket if the file exists.
 */
async function sweepLeftovers() {
  if (ourPid() === undefined) rmSync(pidFile, { force: true });
  const own = '/var/run/docker/containerd';
  const pid = pidIn(`${own}/containerd.pid`);
  if (pid === undefined || !isRunning(pid, 'containerd')) {
    rmSync(`${own}/containerd.pid`, { force: true });
    rmSync(`${own}/containerd.sock`, { force: true });
  }
  const systems = '/run/containerd/containerd.sock';
  if ((await connected(systems)) === 'ECONNREFUSED') rmSync(systems, { force: true });
}

/** In a copy of its own: this checkout may go away while dockerd lives. */
async function registeredWrapper() {
  await copyFile(join(root, 'packages/images/files/runc-without-sys-resource'), wrapper);
  await chmod(wrapper, 0o755);
  return ['--add-runtime', `netproof=${wrapper}`, '--default-runtime', 'netproof'];
}

/** Whether root's processes here cannot have CAP_SYS_RESOURCE: bit 24, linux/capability.h. */
function lacksSysResource() {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> 24n) & 1n) === 0n;
}

/**
 * @param {string} file
 * @returns {number | undefined} the process that a pid file names
 */
function pidIn(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string} part of its command line
 */
function isRunning(pid, part) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part);
  } catch {
    return false;
  }
}

/** @returns {Promise<boolean>} whether the Engine answers on its socket */
function ping() {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: '/_ping', timeout: startBound }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/**
 * @param {string} path of a socket
 * @returns {Promise<string | undefined>} undefined, or the code of the error
 */
function connected(path) {
  return new Promise((resolve) => {
    const connection = connect(path, () => {
      connection.destroy();
      resolve(undefined);
    });
    connection.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
  });
}
