import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { checkout, git } from './checkout.ts';
import { Runner, scratch } from './runner.ts';
import { readWorkflow, root, type Workflow } from './workflow.ts';

/*
 * What the workflows run, on a real cluster: the example of the action's README as another repository has it, with a CNI
 * of its own, then the jobs that merge and publish, with the runs that NETPROOF_RUNS names beside that one.
 */

/** Known to fail at the caller's, who is wrong. */
const known = 'pod-network/no-nat/same-node';
const caller = {
  event_name: 'push',
  ref: 'refs/heads/main',
  repository: 'caller/cni',
  server_url: 'file:///',
  token: 't',
};

describe('the workflows', function () {
  // Bounds are those of netproof itself.
  this.timeout(0);
  this.bail(true);
  let top = '';
  let place: { readonly workspace: string; readonly origin: string };
  let runner: Runner;

  before(async () => {
    top = await scratch(tmpdir());
    place = await checkout(top);
    runner = await Runner.make({ ...place, temp: top, github: { ...caller, run_id: '7' } });
    const mine = join(place.workspace, 'my-cni');
    await cp(join(root, 'clusters/bridge'), mine, { recursive: true });
    const file = join(mine, 'cluster.yaml');
    const text = (await readFile(file, 'utf8')).replace('name: bridge', 'name: my-cni').trimEnd();
    const entry = `- { check: ${known}, reason: it is not, reference: 'https://example.org/1', expires: 2099-12-31 }`;
    await writeFile(file, `${text}\n  divergences:\n    ${entry}\n`);
  });
  after(() => rm(top, { recursive: true }));

  it('of another repository fail where its CNI is not as it says, with summary, annotation and report', async () => {
    const readme = await readFile(join(root, '.github/actions/conformance/README.md'), 'utf8');
    const [, example = ''] = /```yaml\n(name:.*?)```/s.exec(readme) ?? [];
    const { network } = (parse(example) as Workflow).jobs;
    const outputs = Object.fromEntries(
      ['exit-code', 'passed', 'failed'].map((name) => [name, `\${{ steps.netproof.outputs.${name} }}`]),
    );
    const ran = await runner.job({ ...network!, outputs });
    assert.deepEqual(
      [ran.result, ran.outputs['exit-code'], ran.outputs.failed],
      ['failure', '1', '1'],
      ran.log,
    );
    assert.ok(Number(ran.outputs.passed) >= 1, ran.log);
    assert.match(ran.summary, /UNEXPECTED PASS/);
    assert.match(ran.log, new RegExp(`^::error file=suites/${known}\\.ts,`, 'm'));
    assert.deepEqual(await runner.artifacts.names(), ['report']);
  });

  it('merge that run with others, and publish them', async () => {
    const ours = readWorkflow('.github/workflows/conformance.yml').jobs;
    const runs = [...(await runsBefore()), join(top, 'artifacts/report')];
    const next = await Runner.make({ ...place, temp: join(top, 'next'), github: { ...caller, run_id: '8' } });
    for (const [at, folder] of runs.entries()) await next.artifacts.upload(`run-${at}`, folder);
    const reported = await next.job(ours.report!);
    assert.equal(reported.result, 'success', reported.log);
    assert.match(reported.summary, /my-cni/);
    await rm(join(place.workspace, 'reports'), { recursive: true });
    const published = await next.job(ours.pages!);
    assert.equal(published.result, 'success', published.log);
    const files = await git(place.origin, 'ls-tree', '-r', '--name-only', 'gh-pages');
    for (const at of runs.keys()) assert.ok(files.includes(`runs/8/run-${at}/index.html`), files);
    assert.match(await git(place.origin, 'show', 'gh-pages:index.html'), /my-cni/);
  });
});

/** The folders of the runs that a command before this one made, where it came so far. */
async function runsBefore(): Promise<readonly string[]> {
  const file = process.env.NETPROOF_RUNS;
  if (file === undefined || !existsSync(file)) return [];
  const { clusters } = JSON.parse(await readFile(file, 'utf8')) as { clusters: readonly { html?: string }[] };
  return clusters.flatMap(({ html }) => (html === undefined ? [] : [dirname(html)]));
}
