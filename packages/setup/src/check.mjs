// @ts-check
import { join } from 'node:path';
import { attempt } from './command.mjs';
import { root } from './folders.mjs';
import { breaches } from './layers.mjs';
import { line } from './totals.mjs';
import { countedUnits } from './units.mjs';
import { lintWorkflows } from './workflows.mjs';

/**
 * What a change must pass before it is shown to anybody: one line each, and what the failing ones said.
 *
 * @returns {Promise<number>} 1 if any failed
 */
export async function check() {
  const passed = await Promise.all([
    timed('layers', async () => {
      const output = breaches(root).join('\n');
      return { ok: output === '', output };
    }),
    timed('format and lint', () => ended('@biomejs/biome/bin/biome', 'check')),
    timed('types', () => ended('typescript/bin/tsc', '-p', '.')),
    timed('workflows', lintWorkflows),
    timed('unit tests', async () => {
      const { exitCode, totals, output } = await countedUnits();
      return { ok: exitCode === 0, output, note: totals && line(totals) };
    }),
  ]);
  return passed.every(Boolean) ? 0 : 1;
}

/**
 * @param {string} title
 * @param {() => Promise<{ ok: boolean, output: string, note?: string | undefined }>} work
 */
async function timed(title, work) {
  const start = performance.now();
  const { ok, output, note } = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const shown = ok ? '' : `${output.trimEnd().replace(/^(?=.)/gm, '  ')}\n`;
  process.stdout.write(
    `${ok ? '✓' : '✗'} ${title.padEnd(16)}${seconds.padStart(5)} s${note ? `  ${note}` : ''}\n${shown}`,
  );
  return ok;
}

/**
 * @param {string} file below node_modules
 * @param {...string} args
 */
async function ended(file, ...args) {
  const { exitCode, output } = await attempt([process.execPath, join(root, 'node_modules', file), ...args], {
    cwd: root,
  });
  return { ok: exitCode === 0, output };
}
