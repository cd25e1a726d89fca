import { exitCode } from '@netproof/core';
import { compareRuns, renderDiffJson, renderDiffText, replaceFile } from '@netproof/report';
import { reporters, usualReporter } from '../reporters/index.ts';

/** `netproof report diff A B`: what changed between runs. Resolves with 1 where a check that passed fails. */
export async function diffCommand(
  before: string,
  after: string,
  { json }: { readonly json?: string },
): Promise<number> {
  const diff = await compareRuns(before, after);
  // Messages quote what commands printed, which GitHub must not take for commands to itself.
  reporters[usualReporter()]().line(renderDiffText(diff).trimEnd());
  if (json !== undefined) await replaceFile(json, renderDiffJson(diff));
  return diff.broke.length > 0 ? exitCode.checkFailed : exitCode.pass;
}
