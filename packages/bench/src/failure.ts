import { explain, NetproofError } from '@netproof/core';

/** Says how a program failed and ends it with the code of that. @throws what is no {@link NetproofError}: a defect */
export function endWith(error: unknown): never {
  if (!(error instanceof NetproofError)) throw error;
  process.stderr.write(`\n${explain(error)}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  // What was interrupted may still hold the process.
  process.exit(error.exit);
}
