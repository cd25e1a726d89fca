import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, git } from './checkout.ts';
import { journal } from './journal.ts';
import { type Ran, Runner, scratch } from './runner.ts';
import { readWorkflow, root } from './workflow.ts';

const { jobs } = readWorkflow('.github/workflows/conformance.yml');
const [clusters, cluster, report, pages] = [jobs.clusters!, jobs.cluster!, jobs.report!, jobs.pages!];
const push = {
  event_name: 'push',
  ref: 'refs/heads/main',
  repository: 'o/r',
  server_url: 'file:///',
  token: 't',
};

describe('the workflow conformance', function () {
  // It starts netproof several times.
  this.timeout(180_000);
  let top = '';
  let attempts = 0;
  let place: { readonly workspace: string; readonly origin: string };
  beforeEach(async () => {
    top = await scratch(tmpdir());
    place = await checkout(top);
  });
  afterEach(() => rm(top, { recursive: true }));

  /** A run of the workflow on a machine of its own. */
  const begin = (github: Partial<typeof push & { run_id: string }> = {}, actions = {}) =>
    Runner.make({
      ...place,
      temp: join(top, `attempt-${++attempts}`),
      github: { ...push, run_id: '1', ...github },
      actions,
    });

  it('has a cell for every folder of clusters/', async () => {
    const runner = await begin();
    const { outputs, result } = await runner.job(clusters);
    assert.equal(result, 'success');
    const entries = await readdir(join(root, 'clusters'), { withFileTypes: true });
    const folders = entries.filter((one) => one.isDirectory()).map(({ name }) => name);
    const matrix = runner.matrix(cluster, { needs: { clusters: { outputs } } });
    assert.deepEqual(matrix, { cluster: folders.toSorted() });
  });

  for (const [event_name, command] of [
    ['push', 'run'],
    ['pull_request', 'run'],
    ['schedule', 'prove'],
  ] as const) {
    it(`lets the action ${command} on each of them, on ${event_name}`, async () => {
      const given: unknown[] = [];
      const action = async (one: unknown) => void given.push(one);
      const runner = await begin({ event_name }, { './.github/actions/conformance': action });
      await runner.job(cluster, { matrix: { cluster: 'bridge' } });
      assert.deepEqual(given, [{ cni: 'bridge', command, artifact: 'run-bridge' }]);
    });
  }

  it('merges what there is of cells that failed, too, and publishes it from main only', async () => {
    const runner = await begin();
    assert.ok(runner.applies(report, { cluster: { result: 'failure' } }));
    assert.ok(!runner.applies(report, { cluster: { result: 'skipped' } }));
    assert.ok(runner.applies(pages, { report: { result: 'success' } }));
    assert.ok(!runner.applies(pages, { report: { result: 'failure' } }));
    for (const other of [{ event_name: 'pull_request' }, { ref: 'refs/heads/mine' }])
      assert.ok(
        !(await begin(other)).applies(pages, { report: { result: 'success' } }),
        JSON.stringify(other),
      );
  });

  /** The jobs after the matrix, of a run whose cells left these journals. */
  async function merged(run_id: string, cells: Readonly<Record<string, string>>): Promise<readonly Ran[]> {
    const runner = await begin({ run_id });
    for (const [name, text] of Object.entries(cells)) {
      const folder = join(top, `attempt-${attempts}`, 'cells', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'journal.jsonl'), text);
      await runner.artifacts.upload(`run-${name}`, folder);
    }
    const reported = await runner.job(report);
    if (!runner.applies(pages, { report: reported })) return [reported];
    // Each job has a checkout of its own.
    await rm(join(place.workspace, 'reports'), { recursive: true });
    return [reported, await runner.job(pages)];
  }

  it('publishes each run beside the earlier ones, without a history that grows', async () => {
    const first = await merged('1', { bridge: journal('bridge', 'pass'), mine: journal('mine', 'fail') });
    assert.deepEqual(
      first.map(({ result, log }) => [result, result === 'success' ? '' : log]),
      [
        ['success', ''],
        ['success', ''],
      ],
    );
    assert.match(first[0]!.summary, /bridge \| mine/);
    await merged('2', { bridge: journal('bridge', 'pass') });
    const again = await merged('2', { bridge: journal('bridge', 'fail') });
    assert.equal(again[1]!.result, 'success', again[1]!.log);

    const at = (...args: readonly string[]) => git(place.origin, ...args);
    assert.equal(await at('rev-list', '--count', 'gh-pages'), '1');
    const files = (await at('ls-tree', '-r', '--name-only', 'gh-pages')).split('\n');
    for (const file of [
      '.nojekyll',
      'index.html',
      'runs/1/run-mine/index.html',
      'runs/2/run-bridge/journal.jsonl',
    ])
      assert.ok(files.includes(file), file);
    const index = await at('show', 'gh-pages:index.html');
    for (const run of ['runs/1/run-mine/index.html', 'runs/2/run-bridge/index.html'])
      assert.ok(index.includes(`href="${run}"`), run);
    assert.match(await at('show', 'gh-pages:runs/2/index.html'), /FAIL/);
  });

  it('reads and pushes with the token of the job', async () => {
    const knowing = pages.steps.filter(({ env }) => env && 'TOKEN' in env);
    assert.equal(knowing.length, 2);
    for (const step of knowing) {
      const run = 'printf "protocol=https\\nhost=x\\n" | git credential fill';
      const { log } = await (await begin()).job({
        ...pages,
        steps: [{ ...step, env: { ...step.env!, BEFORE: '', COMMIT: '' }, run }],
      });
      assert.match(log, /^username=x-access-token\npassword=t$/m);
    }
  });

  it('publishes nothing over what somebody else has published meanwhile', async () => {
    await merged('1', { bridge: journal('bridge', 'pass') });
    // A hook that runs once the push has begun.
    const hook = join(place.workspace, '.git/hooks/pre-push');
    const there = `git --git-dir '${place.origin}'`;
    const other = `${there} -c user.name=x -c user.email=x@y commit-tree -m other 'gh-pages^{tree}'`;
    await mkdir(join(hook, '..'), { recursive: true });
    await writeFile(hook, `#!/bin/sh\n${there} update-ref refs/heads/gh-pages "$(${other})"\n`, {
      mode: 0o755,
    });
    const [, published] = await merged('2', { bridge: journal('bridge', 'pass') });
    assert.equal(published!.result, 'failure');
    assert.equal(await git(place.origin, 'log', '--format=%s', 'gh-pages'), 'other');
  });

  it('fails to merge where no cell left a journal', async () => {
    const [reported, ...others] = await merged('1', {});
    assert.equal(reported!.result, 'failure');
    assert.match(reported!.log, /no journal\.jsonl in reports\/out/);
    assert.deepEqual(others, []);
  });
});
