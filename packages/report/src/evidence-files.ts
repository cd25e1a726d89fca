import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutSecrets } from '@netproof/core';
import type { ReportModel } from './model.ts';
import { isBaseline } from './outcome.ts';

/** A file that a run kept as evidence. */
export interface EvidenceFile {
  readonly bytes: number;
  /** Its content, where that is text and short. */
  readonly text?: string;
}

/** Evidence by its path below the run's folder; what is not there any more is missing. */
export type EvidenceFiles = ReadonlyMap<string, EvidenceFile>;

/** Longer files are linked only: the page holds what can be read at a sitting. */
const longest = 32_768;

/**
 * Looks at the files that a run names as evidence. Those of what a fault broke on purpose are linked only: nobody
 * searches there for a cause, and a proof has many of them.
 */
export async function evidenceFiles({ checks }: ReportModel, runDir: string): Promise<EvidenceFiles> {
  const outcomes = checks.flatMap(({ outcomes }) => outcomes);
  const read = new Map(
    outcomes.flatMap((outcome) =>
      (outcome.evidence ?? []).map(({ file }) => [file, isBaseline(outcome)] as const),
    ),
  );
  const found = await Promise.all(
    [...read]
      .filter(([name]) => isInside(name))
      .map(async ([name, whole]) => [name, await look(join(runDir, name), whole)] as const),
  );
  return new Map(found.flatMap(([name, file]) => (file ? [[name, file] as const] : [])));
}

/** Whether a path stays below the folder that it is relative to, and is a path: a journal may hold `javascript:`. */
export function isInside(file: string): boolean {
  return file.split('/').every((part) => /^[\w@+=,-][\w@+=,. -]*$/.test(part));
}

async function look(file: string, whole: boolean): Promise<EvidenceFile | undefined> {
  try {
    const { size } = await stat(file);
    if (!whole || size > longest) return { bytes: size };
    const text = textOf(await readFile(file));
    return { bytes: size, ...(text !== undefined && { text }) };
  } catch {
    // The report says that it is missing; a report without it is better than none.
    return undefined;
  }
}

/** Undefined where it is not text: a capture. */
function textOf(content: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.includes('\0') ? undefined : withoutSecrets(text);
  } catch {
    return undefined;
  }
}
