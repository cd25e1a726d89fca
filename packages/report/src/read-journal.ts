import { readFile } from 'node:fs/promises';
import { cleaned, exitCode, type JournalEvent, journalEvent, NetproofError } from '@netproof/core';
import { z } from 'zod';

/** The events of one file, in the order in which they were written. */
export interface Journal {
  readonly file: string;
  readonly events: readonly JournalEvent[];
  /** Number of the last line where the writer was killed in the middle of it; that line is left out. */
  readonly tornAt?: number;
}

/**
 * Reads a `journal.jsonl`, without the tokens, keys and certificates that an older one may hold.
 *
 * A last line without its newline that is not whole JSON is what a killed writer leaves, so it is no error.
 *
 * @throws NetproofError `JOURNAL_UNREADABLE` where there is no such file, `JOURNAL_INVALID` with the line's number
 * where another line is not an event
 */
export async function readJournal(file: string): Promise<Journal> {
  const lines = (await textOf(file)).split('\n');
  // What follows the last newline: nothing where every line was finished.
  const unfinished = lines.pop() ?? '';
  const events = lines.map((line, at) => eventOf(line, `${file}:${at + 1}`));
  if (unfinished === '') return { file, events };
  if (jsonOf(unfinished) === undefined) return { file, events, tornAt: lines.length + 1 };
  return { file, events: [...events, eventOf(unfinished, `${file}:${lines.length + 1}`)] };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NetproofError(`cannot read the journal ${file}`, {
      code: 'JOURNAL_UNREADABLE',
      exit: exitCode.usage,
      hint: 'name the folder of a run: it holds journal.jsonl',
      cause,
    });
  }
}

function eventOf(line: string, where: string): JournalEvent {
  const json = jsonOf(line);
  const parsed = journalEvent.safeParse(cleaned(json));
  if (parsed.success) return parsed.data;
  const why = json === undefined ? 'not JSON' : z.prettifyError(parsed.error);
  throw new NetproofError(`${where}: not an event of the journal: ${why}`, {
    code: 'JOURNAL_INVALID',
    exit: exitCode.usage,
    hint: 'the journal was changed, or written by another version of netproof',
  });
}

/** Undefined, which no JSON stands for, where the text is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
