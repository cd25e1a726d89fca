// @ts-check
import { readFileSync } from 'node:fs';

/** Numbers of linux/capability.h, of those that a cluster's nodes need. */
const bits = { NET_ADMIN: 12, NET_RAW: 13, SYS_ADMIN: 21, SYS_RESOURCE: 24 };

/**
 * @typedef {keyof typeof bits} Capability
 *
 * @param {Capability} capability
 * @param {string} [status] as of /proc/self/status
 * @returns {boolean} whether no process started from here can have it: it is not in the bounding set
 *   (capabilities(7)). False where that cannot be read.
 */
export function isBarred(capability, status = ownStatus()) {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> BigInt(bits[capability])) & 1n) === 0n;
}

function ownStatus() {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
