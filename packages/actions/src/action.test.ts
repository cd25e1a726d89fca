import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout, git } from './checkout.ts';
import { type Ran, Runner, scratch } from './runner.ts';

const path = '.github/actions/conformance';
const github = { event_name: 'push', ref: 'refs/heads/main', repository: 'caller/cni', run_id: '7' };

/*
 * A netproof that says how it was called and ends as it is told to: which arguments netproof is given, and what becomes
 * of how it ends, needs no cluster.
 */
const program = `
import { mkdirSync, writeFileSync } from 'node:fs';
const argv = process.argv.slice(2);
const after = (name) => argv[argv.indexOf(name) + 1];
const run = after('--out') + '/20261122';
mkdirSync(run, { recursive: true });
writeFileSync(run + '/argv.json', JSON.stringify(argv));
const { GOPATH, GOCACHE, npm_config_cache } = process.env;
const caches = { GOPATH, GOCACHE, npm_config_cache };
for (const folder of Object.values(caches)) mkdirSync(folder, { recursive: true });
writeFileSync(run + '/caches.json', JSON.stringify(caches));
const exit = Number(argv.at(-1));
if (exit !== 3) {
  writeFileSync(run + '/journal.jsonl', '');
  writeFileSync(run + '/summary.md', 'what came of it\\n');
  const totals = argv.includes('--none') ? { passed: 0, failed: 0 } : { passed: 8, failed: 1 };
  writeFileSync(after('--json'), JSON.stringify({ totals: { ...totals, skipped: 0 } }));
}
process.exitCode = exit;
`;

describe('the action', () => {
  let top = '';
  let runner: Runner;
  beforeEach(async () => {
    top = await scratch(tmpdir());
    const { workspace } = await checkout(top);
    await mkdir(join(workspace, 'my-cni'));
    await writeFile(join(workspace, 'my-cni/cluster.yaml'), 'spec:\n  cni:\n    name: mine\n');
    await writeFile(join(workspace, 'kube config'), '');
    runner = await Runner.make({ workspace, temp: top, github: { ...github, server_url: `file://${top}` } });
  });
  afterEach(() => rm(top, { recursive: true }));

  /** The repository of a netproof whose version `v9` is that program. */
  async function released(): Promise<void> {
    const folder = join(top, 'netproof/netproof');
    const files = {
      'package.json': JSON.stringify({ scripts: { netproof: 'node netproof.mjs' } }),
      'netproof.mjs': program,
      'packages/images/go/containerd/go.mod': '',
      'clusters/calico-vxlan/cluster.yaml': '  cni:\n    name: calico\n',
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await git(folder, 'init', '--quiet');
    await git(folder, 'add', '.');
    await git(folder, '-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '--quiet', '-m', 'x');
    await git(folder, 'tag', 'v9');
  }

  async function ran(given: Record<string, string>): Promise<Ran & { readonly argv: readonly string[] }> {
    await released();
    const all = { version: 'v9', ...given };
    const ran = await runner.action(path, all, { repository: 'netproof/netproof' });
    const file = join(ran.outputs.report ?? '', 'argv.json');
    return { ...ran, argv: existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : [] };
  }

  for (const [what, given, problem] of [
    ['both kubeconfig and cni', { kubeconfig: 'a', cni: 'b' }, /kubeconfig and cni are both given/],
    ['neither', {}, /neither kubeconfig nor cni is given/],
    ['another command', { cni: 'bridge', command: 'clean' }, /neither run nor prove/],
  ] as const) {
    it(`is refused ${what}`, async () => {
      const { result, log, outputs } = await runner.action(path, given);
      assert.equal(result, 'failure');
      assert.match(log, /^::error title=netproof::/);
      assert.match(log, problem);
      assert.deepEqual(outputs, { report: '', 'exit-code': '', passed: '', failed: '' });
    });
  }

  it('asks a cluster that is there', async () => {
    const { argv, result } = await ran({ kubeconfig: 'kube config', context: 'a b', args: '0' });
    assert.equal(result, 'success');
    const file = join(top, 'workspace/kube config');
    assert.deepEqual(argv.slice(0, 6), ['run', '--kubeconfig', file, '--context', 'a b', '--out']);
  });

  for (const [cni, where] of [
    ['calico', ['--cni', 'calico']],
    ['calico-vxlan', ['--cluster', 'calico-vxlan']],
    ['./my-cni', ['--cluster', 'my-cni']],
  ] as const) {
    it(`creates a cluster with ${cni}`, async () => {
      const { argv } = await ran({ cni, args: '0' });
      const last = cni === './my-cni' ? join(top, 'workspace/my-cni') : where[1];
      assert.deepEqual(argv.slice(0, 3), ['run', where[0], last]);
    });
  }

  it('takes suites and arguments as words, and nothing that stands in an input as a script', async () => {
    const evil = `$(touch ${top}/evil);\`touch ${top}/evil\``;
    const { argv } = await ran({
      cni: 'calico',
      suites: `dns\n  ${evil}`,
      args: "--bail '*'\n0",
      command: 'prove',
    });
    assert.deepEqual(argv.slice(0, 4), ['prove', '--cni', 'calico', '--suite']);
    assert.deepEqual(argv.slice(4, argv.indexOf('--out')), ['dns', ...evil.split(' ')]);
    assert.deepEqual(argv.slice(-3), ['--bail', "'*'", '0']);
    assert.equal(existsSync(join(top, 'evil')), false);
  });

  it('tells what came of it, and uploads the report only where it has a name', async () => {
    const { outputs, summary } = await ran({ cni: 'calico', args: '0' });
    assert.equal(outputs['exit-code'], '0');
    assert.deepEqual([outputs.passed, outputs.failed], ['8', '1']);
    assert.equal(summary, 'what came of it\n');
    assert.deepEqual(await runner.artifacts.names(), []);
  });

  it('fills no cache of the caller, and leaves none of its own', async () => {
    const { outputs } = await ran({ cni: 'calico', args: '0' });
    const caches: unknown = JSON.parse(await readFile(join(outputs.report ?? '', 'caches.json'), 'utf8'));
    for (const [name, folder] of Object.entries(caches as Record<string, string>)) {
      assert.ok(folder.startsWith(join(top, 'runner/')), `${name}: ${folder}`);
      assert.ok(!existsSync(folder), folder);
    }
  });

  it('keeps images also where a check failed, once, but not where they may lack something', async () => {
    await ran({ cni: 'calico', args: '3' });
    assert.deepEqual([...runner.caches], []);
    for (const args of ['1', '0'])
      await runner.action(path, { version: 'v9', cni: 'calico', args }, { repository: 'netproof/netproof' });
    assert.equal(runner.caches.size, 1);
    assert.match([...runner.caches].join(), /^netproof-images-calico-[0-9a-f]{40}$/);
  });

  it('fails where a check failed, with summary, outputs and report', async () => {
    const { result, outputs, summary } = await ran({ cni: 'calico', args: '1', artifact: 'mine' });
    assert.deepEqual([result, outputs['exit-code'], outputs.failed], ['failure', '1', '1']);
    assert.equal(summary, 'what came of it\n');
    assert.deepEqual(await runner.artifacts.names(), ['mine']);
  });

  it('warns where something stayed undecided', async () => {
    const { result, outputs, log } = await ran({ cni: 'calico', args: '5' });
    assert.deepEqual([result, outputs['exit-code']], ['success', '5']);
    assert.match(log, /^::warning title=netproof::something stayed undecided/m);
  });

  it('fails where nothing was judged', async () => {
    const { result, outputs } = await ran({ cni: 'calico', args: '--none 5' });
    assert.deepEqual([result, outputs['exit-code'], outputs.passed], ['failure', '5', '0']);
  });

  it('says so where there is no report', async () => {
    const { result, outputs, summary } = await ran({ cni: 'calico', args: '3', artifact: 'mine' });
    assert.equal(result, 'failure');
    assert.deepEqual(outputs, { report: '', 'exit-code': '3', passed: '', failed: '' });
    assert.match(summary, /exit code 3 before there was a report/);
    assert.deepEqual(await runner.artifacts.names(), []);
  });

  it('is refused a version that there is not', async () => {
    const { result, log } = await ran({ cni: 'calico', version: 'v10' });
    assert.equal(result, 'failure');
    assert.match(log, /::error title=netproof::there is no such version/);
  });

  it('runs the netproof beside it where no version is given, and ends with what it says', async () => {
    const { result, outputs, log } = await runner.action(path, { cni: 'bridge', suites: 'no-such-suite' });
    assert.equal(result, 'failure');
    assert.equal(outputs['exit-code'], '2');
    assert.match(log, /no-such-suite/);
  });
});
