import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../main.ts');

/** What the command printed and how it ended. */
function netproof(...args: readonly string[]) {
  return ended(args, process.env);
}

function ended(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: unknown; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, text: stdout + stderr }),
    );
  });
}

/** The journal of a run of one check. */
const journal = (result: 'pass' | 'fail'): string => {
  const t = '2026-11-21T10:13:05.120Z';
  const check = 'pod-network/no-nat/other-node';
  const facts = { requirement: 'It MUST.', source: 'here', covers: [], must: [], may: [] };
  const machine = { kernel: '6.18.5', os: 'Debian', cpus: 2, memoryBytes: 1 };
  const versions = { cni: 'bridge', cniVersion: 'v1.9.1', kubernetes: 'v1.36.3', kubeProxy: 'iptables' };
  const started = { run: 'r', mode: 'run', netproof: '0.1.0', argv: [], docker: '20', node: '24' };
  return [
    { event: 'run-started', ...started, machine, provenance: [] },
    {
      event: 'cell-started',
      ...{ cluster: 'bridge', ...versions, claims: [], podSubnet: '10.1.0.0/16', nodes: [] },
      checks: [{ id: check, ...facts }],
    },
    { event: 'check-started', check },
    {
      event: 'check-finished',
      ...{ check, result, ms: 1, judged: 1, statistics: [], observations: [], again: 'again' },
      findings: result === 'fail' ? [{ kind: 'fail', message: 'nobody answered' }] : [],
    },
  ]
    .map((event) => `${JSON.stringify({ t, ...event })}\n`)
    .join('');
};

describe('netproof report diff', () => {
  let [good, bad] = ['', ''];
  beforeEach(async () => {
    [good, bad] = [await mkdtemp(join(tmpdir(), 'good-')), await mkdtemp(join(tmpdir(), 'bad-'))];
    await writeFile(join(good, 'journal.jsonl'), journal('pass'));
    await writeFile(join(bad, 'journal.jsonl'), journal('fail'));
  });
  afterEach(async () => {
    for (const folder of [good, bad]) await rm(folder, { recursive: true });
  });

  it('ends with 1 where something broke, and writes what into the file that was named', async () => {
    const file = join(bad, 'diff.json');
    const { code, text } = await netproof('report', 'diff', good, bad, '--json', file);
    assert.equal(code, 1, text);
    assert.match(text, /1 broke.*\n\nbroke\n.*pass → fail\n {6}nobody answered\n/);
    assert.equal(JSON.parse(await readFile(file, 'utf8')).broke.length, 1);
  });

  it('gives GitHub no command that a message quotes', async () => {
    const quoting = journal('fail').replace('nobody answered', '\\n::error::mine');
    await writeFile(join(bad, 'journal.jsonl'), quoting);
    const env = { ...process.env, GITHUB_ACTIONS: 'true' };
    const { code, text } = await ended(['report', 'diff', good, bad], env);
    assert.equal(code, 1, text);
    assert.match(text, /\n: :error::mine\n/);
  });

  it('ends with 0 where nothing broke', async () => {
    const { code, text } = await netproof('report', 'diff', bad, good);
    assert.equal(code, 0, text);
    assert.match(text, /0 broke, 1 mended/);
  });

  it('ends with 2 where a folder is no run, and says so of both', async () => {
    const { code, text } = await netproof('report', 'diff', join(good, 'a'), join(good, 'b'));
    assert.equal(code, 2, text);
    assert.match(text, /good-\w+\/a: .*\n.*good-\w+\/b: .*\n {2}name two folders of runs/);
  });

  it('leaves the command above it as it was', async () => {
    const { code, text } = await netproof('report', good);
    assert.equal(code, 0, text);
    assert.match(text, /index\.html\n$/);
  });
});
