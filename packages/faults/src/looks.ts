import type { AppliedFault } from '@netproof/core';

/** The effect of a fault that meets no packets: in how many looks it was found. Each reading looks once. */
export function looks(isInPlace: () => Promise<boolean>): AppliedFault['effect'] {
  let found = 0;
  return async () => {
    if (await isInPlace()) found += 1;
    return found;
  };
}
