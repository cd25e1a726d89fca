import { stripVTControlCharacters } from 'node:util';
import { terminal } from '../terminal.ts';
import type { Reporter } from './reporter.ts';

/** One JSON object a line on stdout, and nothing else there; progress stays on stderr. */
export function json(live?: boolean): Reporter {
  return {
    step: terminal(live).step,
    line(text, said) {
      const plain = stripVTControlCharacters(text).trim();
      if (said === undefined && plain === '') return;
      process.stdout.write(`${JSON.stringify(said ?? { event: 'line', text: plain })}\n`);
    },
  };
}
