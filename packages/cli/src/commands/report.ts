import { relative } from 'node:path';
import { exitCode } from '@netproof/core';
import { writeReports } from '@netproof/report';

/** `netproof report DIR`: renders a run's reports again from its journal. */
export async function reportCommand(folder: string): Promise<number> {
  const written = await writeReports(folder);
  process.stdout.write(`${relative(process.cwd(), written.html)}\n`);
  return exitCode.pass;
}
