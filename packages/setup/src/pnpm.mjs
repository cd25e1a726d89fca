// @ts-check
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, which } from './command.mjs';
import { root } from './folders.mjs';
import { pnpmVersion } from './pins.mjs';
import { step } from './step.mjs';
import { ensureTool, npm, toolFolder } from './tool.mjs';
import { atLeast, majorOf } from './version.mjs';

const inTool = 'node_modules/.bin/pnpm';

/** Whether there is a pnpm at all, on the PATH or ours: the cheap question. */
export function hasPnpm() {
  return which('pnpm') !== undefined || existsSync(join(toolFolder('pnpm', pnpmVersion()), inTool));
}

/**
 * A pnpm that can read this repository's lockfile. Where there is none, it becomes a command that the user can
 * type; one of another version is not replaced, ours goes into the cache then.
 *
 * @returns {Promise<string>} the command or its path
 */
export async function ensurePnpm() {
  const version = pnpmVersion();
  if (which('pnpm') === undefined) {
    if (await globalPrefixIsWritable()) {
      await step(`installing pnpm ${version}`, () =>
        npm('install', '--global', '--no-audit', '--no-fund', `pnpm@${version}`),
      );
      if (which('pnpm') !== undefined) return 'pnpm';
    }
  } else if (await suffices('pnpm', version)) {
    return 'pnpm';
  }
  const folder = toolFolder('pnpm', version);
  const isNew = !existsSync(folder);
  const pnpm = join(await ensureTool({ name: 'pnpm', version, npmPackage: 'pnpm', title: 'pnpm' }), inTool);
  if (isNew) process.stderr.write(`• to type pnpm yourself: export PATH=${dirname(pnpm)}:$PATH\n`);
  return pnpm;
}

/**
 * @param {string} pnpm
 * @param {string} wanted a version
 */
async function suffices(pnpm, wanted) {
  // Asked in the repository, because some pnpm switch to the version that package.json names.
  const { exitCode, stdout } = await attempt([pnpm, '--version'], { cwd: root });
  return exitCode === 0 && majorOf(stdout) === majorOf(wanted) && atLeast(stdout, wanted);
}

async function globalPrefixIsWritable() {
  const prefix = (await npm('prefix', '--global')).trim();
  return ['lib/node_modules', 'bin'].every((name) => {
    let folder = join(prefix, name);
    while (!existsSync(folder)) folder = dirname(folder);
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}
