// @ts-check
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, which } from './command.mjs';
import { SetupError } from './error.mjs';
import { cache, ensureFolder } from './folders.mjs';
import { step } from './step.mjs';

const tools = join(cache, 'tools');

/**
 * Where a tool of ours is, or will be.
 *
 * @param {string} name
 * @param {string} version
 */
export function toolFolder(name, version) {
  return join(tools, `${name}-${version}`);
}

/**
 * Installs an npm package into a folder of the cache, if it is not there. What is half done has another name.
 *
 * @param {{ name: string, version: string, npmPackage: string, title: string }} tool
 * @returns {Promise<string>} the folder that has its `node_modules`
 * @throws {SetupError} `NO_NPM`, `COMMAND_FAILED`
 */
export async function ensureTool({ name, version, npmPackage, title }) {
  const folder = toolFolder(name, version);
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}.part`;
  await step(`installing ${title} ${version}`, async () => {
    ensureFolder(part);
    sweepParts();
    await npm(
      'install',
      '--prefix',
      part,
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      `${npmPackage}@${version}`,
    );
    try {
      renameSync(part, folder);
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      if (!existsSync(folder)) throw error; // else somebody else was faster
    }
  });
  return folder;
}

/**
 * Runs npm, the one of the Node.js that this process started with.
 *
 * @param {...string} args
 * @returns {Promise<string>} its stdout
 */
export function npm(...args) {
  if (which('npm') === undefined) {
    throw new SetupError('there is no npm command, so nothing can be installed', {
      code: 'NO_NPM',
      hint: 'install npm beside Node.js (Debian, Ubuntu: apt-get install npm)',
    });
  }
  return run(['npm', ...args], { cwd: '/', hint: 'npm needs a registry that answers: see `npm ping`' });
}

/** Removes what set-ups left that were killed; those that still run keep theirs. */
function sweepParts() {
  for (const entry of readdirSync(tools)) {
    const pid = /\.(\d+)\.part$/.exec(entry)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(tools, entry), { recursive: true, force: true });
    } catch {
      // An npm that outlived its set-up still writes there: the next sweep has it.
    }
  }
}
