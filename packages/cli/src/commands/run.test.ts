import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePlan } from '@netproof/runner';
import { own } from '@netproof/runner/registry';
import { places } from '../places.ts';
import { runCommand } from './run.ts';

describe('netproof run --on a cluster of a folder outside the repository', () => {
  const before = process.env.XDG_CACHE_HOME;
  let out = '';
  let mine = '';

  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-on-'));
    process.env.XDG_CACHE_HOME = join(out, 'cache');
    mine = join(out, 'mine');
    await mkdir(mine);
    // A copy whose name was left; a check that is none ends the run before anything is made.
    const bridge = await readFile(join(places.clusters, 'bridge/cluster.yaml'), 'utf8');
    await writeFile(
      join(mine, 'cluster.yaml'),
      `${bridge}  divergences: [{ check: no/such, reason: r, reference: https://x.y, expires: 2027-01-01 }]\n`,
    );
    await own({ kindName: 'netproof-bridge-1', cluster: mine, run: 'r', folder: join(out, 'r') }, true);
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(out, { recursive: true });
  });

  const refused = () => ({
    code: 'CLUSTER_FILE',
    message: new RegExp(`^${join(mine, 'cluster.yaml')} is not a cluster:\n.* there is no check no/such`),
  });

  it('judges it as that folder says', async () => {
    await assert.rejects(runCommand('run', { on: 'netproof-bridge-1', out, coverage: 'all' }), refused());
  });

  it('is not judged as another', async () => {
    await assert.rejects(
      runCommand('run', {
        on: 'netproof-bridge-1',
        cluster: ['cilium-native'],
        cni: ['flannel'],
        out,
        coverage: 'all',
      }),
      { code: 'OPTIONS', message: `--cluster and --cni beside --on: netproof-bridge-1 is a cluster ${mine}` },
    );
  });

  it('goes on with a run on it, and with no other', async () => {
    const checks = ['pod-network/address/own'];
    const resume = async (clusters: Parameters<typeof writePlan>[1]['clusters']) => {
      await mkdir(join(out, 'run'), { recursive: true });
      await writePlan(join(out, 'run'), { run: 'run', mode: 'run', clusters, checks, coverage: 'all' });
      return runCommand('run', {
        resume: join(out, 'run'),
        on: 'netproof-bridge-1',
        out,
        coverage: 'all',
      });
    };
    await assert.rejects(resume([{ name: 'bridge', folder: mine }]), refused());
    await assert.rejects(resume([{ name: 'bridge' }]), { code: 'NOT_OF_THIS_RUN' });
  });
});

describe('netproof prove of what is not there', () => {
  let out = '';
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-refused-'));
  });
  afterEach(() => rm(out, { recursive: true }));

  const asked = (cluster: string) =>
    runCommand('prove', {
      ...{ check: ['nope/check'], fault: ['nope-fault'], cluster: [cluster] },
      ...{ json: join(out, 'file/totals.json'), out: join(out, 'runs'), coverage: 'all' },
    });
  const refusal = async (cluster: string) => {
    const error = (await asked(cluster).catch((thrown) => thrown)) as { code: string; message: string };
    const told = [/no check nope\/check/, /no fault nope-fault/, /--json .*totals.json cannot be written/];
    for (const one of told) assert.match(error.message, one);
    return { ...error, message: error.message };
  };

  it('tells at once what is wrong with checks, faults, clusters and the file of the totals', async () => {
    await writeFile(join(out, 'file'), '');
    const { code, message } = await refusal('nope-cluster');
    assert.equal(code, 'OPTIONS');
    assert.match(message, /no such cluster: nope-cluster/);
    assert.deepEqual(await readdir(out), ['file']);
  });

  it('tells at once what is wrong with a cluster of a folder, too', async () => {
    await writeFile(join(out, 'file'), '');
    const mine = join(out, 'mine');
    await mkdir(mine);
    const bridge = await readFile(join(places.clusters, 'bridge/cluster.yaml'), 'utf8');
    await writeFile(join(mine, 'cluster.yaml'), `${bridge}  images: [mine.tar]\n  kernel: [nope feature]\n`);
    const { message } = await refusal(mine);
    assert.match(message, /mine\.tar cannot be used/);
    assert.match(message, /no such kernel features: bridge: nope feature/);
  });
});
