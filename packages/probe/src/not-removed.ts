import { exitCode, NetproofError } from '@netproof/core';

/** @param left names of what is still there */
export function notRemoved(left: readonly string[]): NetproofError {
  return new NetproofError(`still there after their deletion: ${left.join(', ')}`, {
    code: 'NOT_REMOVED',
    exit: exitCode.defect,
  });
}
