// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './folders.mjs';
import { inherited } from './inherited.mjs';
import { step } from './step.mjs';
import { failuresIn, line, sum, totalsIn } from './totals.mjs';
import { countedBadLuck, countedUnits, countedWorkflows } from './units.mjs';

/**
 * All tests: the units, then the suites on real clusters, then the proof that the suites can fail, then what the
 * workflows run, then what becomes of runs that have bad luck.
 * The last line of stdout is `N passed, N failed, N skipped`; above it stands all that failed.
 *
 * @param {readonly string[]} args for `netproof run` and `netproof prove`; without any, the suites run on the
 *   default variant of every CNI, and the proof is made on the CNI that needs least
 * @returns {Promise<number>} 0 if nothing failed, 130 if it was interrupted, else 1
 */
export async function test(args) {
  const units = await told('running the unit tests', countedUnits);
  const { parts, interrupted } = await onCluster(args);
  if (!interrupted) parts.push(await told('giving runs bad luck', countedBadLuck));
  const { totals, complaints, exitCode } = sum([units, ...parts]);
  for (const complaint of complaints) process.stdout.write(`✗ ${complaint}\n`);
  process.stdout.write(`${line(totals)}\n`);
  return interrupted ? 130 : exitCode;
}

/**
 * @param {string} title
 * @param {() => Promise<import('./totals.mjs').Part & { output: string }>} work
 */
async function told(title, work) {
  const part = await step(title, work);
  if (part.exitCode !== 0) process.stdout.write(`${part.output}\n`);
  process.stdout.write(`${part.title}: ${part.totals ? line(part.totals) : 'no results'}\n`);
  return part;
}

/** @param {readonly string[]} args */
async function onCluster(args) {
  /** @type {import('./totals.mjs').Part[]} */
  const parts = [];
  const folder = await mkdtemp(join(tmpdir(), 'netproof-test-'));
  try {
    const where = args.length > 0 ? args : ['--cni', 'all'];
    for (const [command, given] of /** @type {const} */ ([
      ['run', where],
      ['prove', args],
    ])) {
      const file = join(folder, `${command}.json`);
      const cli = join(root, 'packages/cli/src/main.ts');
      const ended = await inherited([process.execPath, cli, command, ...given, '--json', file]);
      const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
      // Noise may leave a run undecided; a proof ends so only where a check was seen red by no fault.
      parts.push({
        title: `netproof ${command}`,
        exitCode: ended.exitCode,
        totals: totalsIn(written),
        failures: failuresIn(written),
        mayBeOpen: command === 'run',
      });
      if (ended.interrupted || ended.exitCode === 130) return { parts, interrupted: true };
    }
    parts.push(await told('running the workflows', () => countedWorkflows(join(folder, 'run.json'))));
    return { parts, interrupted: false };
  } finally {
    await rm(folder, { recursive: true });
  }
}
