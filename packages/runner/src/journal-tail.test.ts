import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithWholeLine } from './journal-tail.ts';

describe('endWithWholeLine', () => {
  for (const [what, before, after] of [
    ['keeps a whole file as it is', '{"a":1}\n{"b":2}\n', '{"a":1}\n{"b":2}\n'],
    ['cuts half a line off', '{"a":1}\n{"b":', '{"a":1}\n'],
    ['ends a whole line', '{"a":1}\n{"b":2}', '{"a":1}\n{"b":2}\n'],
    ['leaves nothing of a first line that is half', '{"a"', ''],
    ['knows letters of several bytes', '{"a":"µ"}\n{"b":"µ', '{"a":"µ"}\n'],
  ] as const) {
    it(what, () => {
      const folder = mkdtempSync(join(tmpdir(), 'netproof-journal-'));
      try {
        const file = join(folder, 'journal.jsonl');
        writeFileSync(file, before);
        endWithWholeLine(file);
        assert.equal(readFileSync(file, 'utf8'), after);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
