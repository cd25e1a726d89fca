import { relative } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { writeReports } from '@netproof/report';

/** `netproof report DIR`: renders a run's reports again from its journal. */
export async function reportCommand(folder: string): Promise<number> {
  const written = await writeReports(folder);
  if (written === undefined) {
    throw new NetproofError(`there is no journal in ${folder}`, {
      code: 'NO_JOURNAL',
      exit: exitCode.usage,
      hint: 'give the folder of a run: reports/out/<run>',
    });
  }
  process.stdout.write(`${relative(process.cwd(), written.html)}\n`);
  return exitCode.pass;
}
