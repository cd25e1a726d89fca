import { relative } from 'node:path';
import { exitCode } from '@netproof/core';
import { writeSite } from '@netproof/report';

/** `netproof report site DIR`: the index of the reports that stand in its `runs/`, of which `keep` stay. */
export async function siteCommand(site: string, { keep }: { readonly keep?: number }): Promise<number> {
  process.stdout.write(`${relative(process.cwd(), await writeSite(site, keep))}\n`);
  return exitCode.pass;
}
