// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintWorkflows } from './workflows.mjs';

describe('lintWorkflows', () => {
  it('says what is wrong with a workflow, and where', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netproof-workflows-'));
    try {
      const job = 'jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n';
      writeFileSync(join(folder, 'bad.yml'), `on: push\n${job}      - run: true\n        iff: false\n`);
      const { ok, output } = await lintWorkflows(folder);
      assert.equal(ok, false);
      assert.match(output, /bad\.yml:7:9: unexpected key "iff"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(120_000); // It may have to be built.

  it('says what to install where there is no Go', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      assert.deepEqual(await lintWorkflows(), {
        ok: false,
        output: 'there is no go command, which builds actionlint: install Go',
      });
    } finally {
      process.env.PATH = PATH;
    }
  });
});
