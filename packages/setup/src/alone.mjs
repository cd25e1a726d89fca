// @ts-check
import { readFileSync } from 'node:fs';
import { lock } from './lock.mjs';

/**
 * Does a part of the set-up while no other process of this user does one: apt's lists, npm's folders,
 * node_modules and the start of dockerd all take one at a time. Who waits is told for whom.
 *
 * @template T
 * @param {() => Promise<T>} work must not call this again
 * @param {string} [name] of the lock
 * @returns {Promise<T>}
 */
export async function alone(work, name = `netproof-setup-${process.getuid?.() ?? ''}`) {
  // Elsewhere there are no abstract sockets; nobody is kept out there.
  if (process.platform !== 'linux') return work();
  const release = await lock(name, { onWait: tell });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** @param {number} owner */
function tell(owner) {
  process.stderr.write(`• waiting for another set-up: process ${owner}${commandOf(owner)}\n`);
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return ` (${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()})`;
  } catch {
    return '';
  }
}
