import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain, type NetproofError } from '@netproof/core';
import { readJournal } from './read-journal.ts';
import { passingRun } from './testing/runs.ts';

describe('readJournal', () => {
  let folder = '';
  const events = passingRun();
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(text: string) {
    const file = join(folder, 'journal.jsonl');
    await writeFile(file, text);
    return readJournal(file);
  }

  it('reads every event', async () => {
    const journal = await read(lines.join(''));
    assert.deepEqual(journal.events, events);
    assert.equal(journal.tornAt, undefined);
  });

  it('leaves out a last line that was torn anywhere, and says which', async () => {
    const [last = ''] = lines.slice(-1);
    for (const length of [1, 2, Math.floor(last.length / 2), last.length - 2]) {
      const journal = await read(lines.slice(0, -1).join('') + last.slice(0, length));
      assert.equal(journal.events.length, events.length - 1);
      assert.equal(journal.tornAt, events.length);
    }
  });

  it('takes a whole last line that only lacks its newline', async () => {
    const journal = await read(lines.join('').trimEnd());
    assert.equal(journal.events.length, events.length);
    assert.equal(journal.tornAt, undefined);
  });

  it('refuses any other bad line and names it', async () => {
    const refused = { code: 'JOURNAL_INVALID', exit: 2 };
    const torn = [...lines.slice(0, 3), `${lines[3]?.slice(0, 20)}\n`, ...lines.slice(4)].join('');
    await assert.rejects(read(torn), { ...refused, message: /journal\.jsonl:4: .*not JSON/ });
    const strange = [
      ...lines.slice(0, 6),
      '{"t":"2026-11-21T10:13:05Z","event":"party"}\n',
      ...lines.slice(6),
    ];
    await assert.rejects(read(strange.join('')), { ...refused, message: /journal\.jsonl:7: / });
    const empty = [...lines.slice(0, 2), '\n', ...lines.slice(2)];
    await assert.rejects(read(empty.join('')), { ...refused, message: /journal\.jsonl:3: / });
    const half = lines[1]?.replace('"ms":412', '"ms":"long"') ?? '';
    await assert.rejects(read([lines[0], half].join('')), {
      ...refused,
      message: /journal\.jsonl:2: .*[\s\S]*ms/,
    });
  });

  it('says that there is no journal', async () => {
    await assert.rejects(readJournal(join(folder, 'journal.jsonl')), (error: NetproofError) => {
      assert.deepEqual([error.code, error.exit], ['JOURNAL_UNREADABLE', 2]);
      // The reason, and that once.
      assert.equal(explain(error).match(/ENOENT/g)?.length, 1);
      return true;
    });
  });
});
