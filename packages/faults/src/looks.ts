import type { AppliedFault } from '@netproof/core';

/**
 * The effect of a fault that meets no packets: between how many looks in a row it was there, found by both. Each reading looks
 * once, so what came or went while a check ran does not count for it.
 */
export function looks(isInPlace: () => Promise<boolean>): AppliedFault['effect'] {
  let [found, last] = [0, false];
  return async () => {
    const now = await isInPlace();
    if (now && last) found += 1;
    last = now;
    return found;
  };
}
