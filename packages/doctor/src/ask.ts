import { bounds, type Milliseconds } from '@netproof/core';
import { withSbin } from '@netproof/setup/apt';
import { attempt } from '@netproof/setup/command';

export interface Said {
  readonly ok: boolean;
  readonly stdout: string;
  /** Standard output and error in order, or why the command could not be run or was ended. */
  readonly output: string;
  /** Whether nobody knows what it would have said. */
  readonly late: boolean;
}

/** For what took too long. */
export const late = `no answer within ${bounds.machineAnswer / 1000} s`;

/** Runs a command that only looks, ended where it takes longer than any that lives. */
export async function ask(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  bound: Milliseconds = bounds.machineAnswer,
): Promise<Said> {
  const said = await attempt(argv, {
    env: { ...process.env, PATH: withSbin(), LC_ALL: 'C', ...env },
    bound,
  });
  const output = said.late ? late : said.output.trim().replace(/^spawn \S+ ENOENT$/, 'not found');
  return { ok: said.exitCode === 0, stdout: said.stdout.trim(), output, late: said.late };
}

/** What comes first of a longer text, for a line. */
export function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? '';
}

export const isRoot = (): boolean => process.getuid?.() === 0;
