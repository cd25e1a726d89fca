import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportModel } from './model.ts';

/** A file that a run kept as evidence. */
export interface EvidenceFile {
  readonly bytes: number;
  /** Its content, where that is text and short. */
  readonly text?: string;
}

/** Evidence by its path below the run's folder; what is not there any more is missing. */
export type EvidenceFiles = ReadonlyMap<string, EvidenceFile>;

/** Longer files are linked only: the page holds what can be read at a sitting. */
const longest = 16_384;

/** Looks at the files that a run names as evidence. */
export async function evidenceFiles({ checks }: ReportModel, runDir: string): Promise<EvidenceFiles> {
  const outcomes = checks.flatMap(({ outcomes }) => outcomes);
  const names = new Set(outcomes.flatMap(({ evidence = [] }) => evidence.map(({ file }) => file)));
  const found = await Promise.all(
    [...names].filter(isInside).map(async (name) => [name, await look(join(runDir, name))] as const),
  );
  return new Map(found.flatMap(([name, file]) => (file ? [[name, file] as const] : [])));
}

/** Whether a path stays below the folder that it is relative to, and is a path: a journal may hold `javascript:`. */
export function isInside(file: string): boolean {
  return file.split('/').every((part) => /^[\w@+=,-][\w@+=,. -]*$/.test(part));
}

async function look(file: string): Promise<EvidenceFile | undefined> {
  try {
    const { size } = await stat(file);
    if (size > longest) return { bytes: size };
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
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
