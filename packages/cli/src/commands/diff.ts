import { exitCode } from '@netproof/core';
import { compareRuns, renderDiffJson, renderDiffText, replaceFile } from '@netproof/report';

/** `netproof report diff A B`: what changed between runs. Resolves with 1 where a check that passed fails. */
export async function diffCommand(
  before: string,
  after: string,
  { json }: { readonly json?: string },
): Promise<number> {
  const diff = await compareRuns(before, after);
  process.stdout.write(renderDiffText(diff));
  if (json !== undefined) await replaceFile(json, renderDiffJson(diff));
  return diff.broke.length > 0 ? exitCode.checkFailed : exitCode.pass;
}
