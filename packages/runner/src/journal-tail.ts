import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';

/**
 * Makes a journal that a killed writer left end with a whole line, so that the next event gets one of its own.
 * A line that was written whole is kept; half of one says nothing and is cut off. A new run has no journal yet.
 */
export function endWithWholeLine(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  const start = bytes.lastIndexOf('\n') + 1;
  if (start === bytes.length) return;
  try {
    JSON.parse(bytes.subarray(start).toString());
  } catch {
    truncateSync(file, start);
    return;
  }
  appendFileSync(file, '\n');
}
