import { exitCode, explain, NetproofError } from '@netproof/core';
import { KindError } from '@netproof/kind-node';

/** kind's and docker's own errors, told in netproof's way; any other as it is. */
export function asNetproofError(error: unknown): unknown {
  if (!(error instanceof KindError)) return error;
  const lines = error.lines.map((line) => `\n    ${line}`).join('');
  return new NetproofError(`${explain(error)}${lines}`, {
    code: error.code,
    exit: exitCode.environment,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

/** Does something with kind or docker and tells its failure in netproof's way. */
export async function withKind<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asNetproofError(error);
  }
}
