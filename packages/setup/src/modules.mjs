// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run } from './command.mjs';
import { root } from './folders.mjs';
import { ensurePnpm, hasPnpm } from './pnpm.mjs';
import { step } from './step.mjs';

/** Says for which lockfile node_modules was installed; removed while it is being changed. */
const marker = join(root, 'node_modules/.netproof-lockfile');

/** Whether node_modules is what the lockfile says, and there is a pnpm. */
export function modulesAreCurrent() {
  return markerIs(lockfileHash()) && hasPnpm();
}

/**
 * The workspace's packages as the lockfile says, and a pnpm.
 *
 * @param {string} node the executable that packages' own scripts run under
 * @returns {Promise<void>}
 */
export async function ensureModules(node) {
  const lockfile = lockfileHash();
  if (modulesAreCurrent()) return;
  const pnpm = await ensurePnpm();
  if (markerIs(lockfile)) return;
  rmSync(marker, { force: true });
  await step('installing the packages of the workspace', () =>
    // pnpm is the right one by now. Unless told so, it asks the registry whether it is, and wants the answer in the
    // lockfile, which a mirror that does not list pnpm cannot give.
    run([pnpm, 'install', '--frozen-lockfile', '--pm-on-fail=ignore'], {
      cwd: root,
      // CI: it must not ask whether it may remove a node_modules of another make.
      env: { ...process.env, CI: 'true', PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
      hint: 'after a change to a package.json: pnpm install, and commit pnpm-lock.yaml',
    }),
  );
  writeFileSync(marker, lockfile);
}

function lockfileHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
}

/** @param {string} lockfile */
function markerIs(lockfile) {
  return existsSync(marker) && readFileSync(marker, 'utf8') === lockfile;
}
