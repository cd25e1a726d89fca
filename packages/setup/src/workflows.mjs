// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, which } from './command.mjs';
import { root } from './folders.mjs';

/**
 * actionlint of the workflows, and of how they use the action beside them. Go builds it at the version that its go.mod
 * pins, once.
 *
 * @param {string} [folder] that holds them
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function lintWorkflows(folder = join(root, '.github/workflows')) {
  if (which('go') === undefined)
    return { ok: false, output: 'there is no go command, which builds actionlint: install Go' };
  const built = await attempt(['go', 'tool', '-n', 'actionlint'], { cwd: join(root, 'packages/actions/go') });
  if (built.exitCode !== 0) return { ok: false, output: built.output };
  const files = readdirSync(folder).map((name) => join(folder, name));
  const { exitCode, output } = await attempt([built.stdout.trim(), '-no-color', ...files], { cwd: root });
  return { ok: exitCode === 0, output };
}
