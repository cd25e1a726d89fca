// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { withSbin } from './apt.mjs';
import { isBarred } from './capabilities.mjs';
import { lastLines } from './command.mjs';
import { SetupError } from './error.mjs';
import { ensureFolder, makeFolder, root } from './folders.mjs';
import { sampledUntil } from './sample.mjs';
import { step } from './step.mjs';

/**
 * What belongs to the Docker Engine that we started. Not in the cache: dockerd needs the wrapper for each container
 * as long as it lives, and a cache may be removed at any time.
 */
const folder = '/var/lib/netproof';
const pidFile = join(folder, 'dockerd.pid');
const logFile = join(folder, 'dockerd.log');
const wrapper = join(folder, 'runc-without-sys-resource');
const source = join(root, 'packages/images/files/runc-without-sys-resource');

/** Where dockerd listens if nobody says otherwise. */
const socket = '/var/run/docker.sock';

/** An Engine answers a ping within it, or is asked again. */
const pingBound = 2_000;
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
  ensureFolder(
    folder,
    'it is where a Docker Engine of netproof keeps its pid file; start one yourself instead',
  );
  await step('starting a Docker Engine', async () => {
    /** @type {{ ended?: string }} */
    const daemon = ownDockerd() === undefined ? await spawnDockerd() : {};
    let answers = false;
    const settled = await sampledUntil(async () => {
      answers = await ping();
      return answers || daemon.ended !== undefined;
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
  const pid = ownDockerd();
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  if (await sampledUntil(() => !isOurs(pid), stopBound)) return true;
  throw new SetupError(`dockerd (process ${pid}) did not end within ${stopBound / 1000} s`, {
    code: 'DOCKER_NOT_STOPPED',
    hint: `its log: ${logFile}; or end it: kill -9 ${pid}`,
  });
}

/**
 * @returns {number | undefined} the process of our dockerd, where it runs. Told by its command line: a pid file may
 *   be gone, or name a process that has ended
 */
export function ownDockerd() {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.find(isOurs);
}

/** @param {number} pid */
function isOurs(pid) {
  const [program = '', ...args] = proc(pid, 'cmdline').split('\0');
  if (
    basename(program) !== 'dockerd' ||
    !args.some((arg) => /^--pidfile=.*\/netproof\/.*dockerd\.pid$/.test(arg))
  ) {
    return false;
  }
  // One inside a container has a second number there; it is not this machine's.
  return /^NSpid:\s*\d+$/m.test(proc(pid, 'status'));
}

/**
 * @param {number} pid
 * @param {string} file
 */
function proc(pid, file) {
  return contentOf(`/proc/${pid}/${file}`) ?? '';
}

/** @returns {Promise<{ ended?: string }>} `ended` appears when it ends, and says how */
async function spawnDockerd() {
  await sweepLeftovers();
  const log = openSync(logFile, 'w');
  const runtime = isBarred('SYS_RESOURCE') ? registeredWrapper() : [];
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
  if (ownDockerd() === undefined) rmSync(pidFile, { force: true });
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
function registeredWrapper() {
  writeWrapper(wrapper);
  return ['--add-runtime', `netproof=${wrapper}`, '--default-runtime', 'netproof'];
}

/** Puts the wrapper of this checkout where our dockerd looks for it, if one lives and has another or none. */
export function refreshWrapper() {
  const pid = ownDockerd();
  if (pid === undefined || process.getuid?.() !== 0) return;
  const given = proc(pid, 'cmdline').split('\0');
  const path = given.find((arg) => arg.startsWith('netproof='))?.slice('netproof='.length);
  if (path === undefined || contentOf(path) === contentOf(source)) return;
  makeFolder(dirname(path));
  writeWrapper(path);
}

/**
 * Renamed into its place, because containers may start while it is written.
 *
 * @param {string} path
 */
function writeWrapper(path) {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, readFileSync(source), { mode: 0o755 });
  renameSync(part, path);
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @returns {number | undefined} the process that a pid file names
 */
function pidIn(file) {
  return Number.parseInt(contentOf(file) ?? '', 10) || undefined;
}

/**
 * @param {number} pid
 * @param {string} part of its command line
 */
function isRunning(pid, part) {
  return proc(pid, 'cmdline').includes(part);
}

/** @returns {Promise<boolean>} whether the Engine answers on its socket */
function ping() {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: '/_ping', timeout: pingBound }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.on('close', () => resolve(false));
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
