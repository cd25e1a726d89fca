import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode, type Result } from '@netproof/core';
import { kindPlan, listKind, listNetworks, type RunningKind } from '@netproof/kind-node';
import { kubeconfigOf, owners, removeOwned } from '@netproof/runner';
import { Command, onlyRun } from './command.ts';

/*
 * What befalls a run on real machines, done to one real cluster. Each run is hit while a check runs that is
 * known from the journal, so no case waits for a time.
 */

/** The check that is hit: it asks long enough, and from and to every node. */
const hit = 'services/load-balancing/cluster-ip';
const checks = ['--check', 'pod-network/no-nat/same-node', hit];

describe('a run', function () {
  // Bounds are those of netproof itself; mocha's would hide what it says when they pass.
  this.timeout(0);
  // After the first failure the cluster is in doubt and proves nothing more.
  this.bail(true);
  let out = '';
  let kindName = '';
  let kind: RunningKind;
  let command: Command;

  before(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-bad-luck-'));
  });

  afterEach(async () => {
    // What a case that failed left running must not disturb the next.
    command.kill();
    await command.ended;
  });

  after(async () => {
    const owner = (await owners()).find((one) => one.kindName === kindName);
    if (owner) await removeOwned(owner);
    await rm(out, { recursive: true, force: true });
    assert.ok(!(await listKind()).some(({ name }) => name === kindName), 'its nodes are still there');
    assert.ok(!(await listNetworks()).some(({ name }) => name === kindName), 'its network is still there');
    assert.ok(!existsSync(kubeconfigOf(kindName)), 'its credentials are still there');
  });

  /** Begins a run in a folder of its own. */
  function begin(name: string, ...argv: readonly string[]): Command {
    const folder = join(out, name);
    return new Command(['run', ...argv, '--out', folder], onlyRun(folder));
  }

  const isHit = () =>
    command.until('the check began', () => command.of('check-started').some(({ check }) => check === hit));
  /** What the journal says of each check, the newest where there is more. */
  const finished = () => new Map(command.of('check-finished').map((event) => [event.check, event]));
  const results = (): Record<string, Result> =>
    Object.fromEntries([...finished()].map(([check, { result }]) => [check, result]));
  /**
   * Every check came to its result as if nothing had happened. A machine that is too busy for its agents makes one
   * undecided and says so; that is not what is tested here.
   */
  async function goesOn(): Promise<void> {
    const ended = await command.ended;
    assert.deepEqual(Object.keys(results()), checks.slice(1), command.output);
    for (const { check, result, findings } of finished().values()) {
      const starved = findings.length > 0 && findings.every(({ message }) => message.endsWith('starved'));
      assert.equal(result, starved ? 'inconclusive' : 'pass', `${check}:\n${command.output}`);
    }
    const passed = Object.values(results()).every((result) => result === 'pass');
    const code = passed ? exitCode.pass : exitCode.undecided;
    assert.deepEqual(ended, { code, signal: null }, command.output);
  }
  const streams = (state: string) =>
    new Set(command.of('stream').flatMap((event) => (event.state === state ? [event.endpoint] : [])));

  it('goes on when a control stream is cut', async () => {
    command = begin('cut', '--keep', ...checks);
    await isHit();
    kindName = /^keeping (\S+):/m.exec(command.output)?.[1] ?? '';
    const kubeconfig = kubeconfigOf(kindName);
    kind = await kindPlan({ name: kindName, network: kindName, config: '', kubeconfig }).attach();
    await kind.exec(`${kindName}-worker`, ['pkill', '-KILL', '--full', '--oldest', 'agent.mjs pipe']);
    await goesOn();
    assert.ok(streams('lost').size > 0);
    assert.deepEqual(streams('gone'), new Set());
  });

  it('goes on when the API server stands still until every stream is lost', async () => {
    command = begin('still', '--on', kindName, ...checks);
    await isHit();
    const endpoints = command.of('probes-ready').flatMap((event) => event.endpoints.map(({ id }) => id));
    const signal = (name: string) =>
      kind.exec(`${kindName}-control-plane`, ['sh', '-c', `kill -${name} $(pidof kube-apiserver)`]);
    await signal('STOP');
    try {
      await command.until('every stream was lost', () => streams('lost').size === endpoints.length);
    } finally {
      await signal('CONT');
    }
    await goesOn();
    // Those that nothing more was asked of may still be on their way back when the run ends.
    assert.ok(streams('returned').size > 0);
    assert.deepEqual(streams('gone'), new Set());
  });

  it('that was killed is resumed, and does again only what was not done', async () => {
    command = begin('killed', '--on', kindName, ...checks);
    await isHit();
    command.kill('SIGKILL');
    assert.deepEqual(await command.ended, { code: null, signal: 'SIGKILL' });
    assert.deepEqual(command.of('run-finished'), []);
    const folder = onlyRun(join(out, 'killed'))() ?? '';

    command = new Command(['run', '--resume', folder, '--on', kindName], () => folder);
    await goesOn();
    const cells = command.of('cell-started').map((cell) => cell.checks.map(({ id }) => id));
    assert.deepEqual(cells, [['pod-network/no-nat/same-node', hit], [hit]]);
    assert.equal(command.of('run-finished').length, 1);
  });

  it('ends with 3 and reddens nothing when a node stops', async () => {
    command = begin('stopped', '--on', kindName, ...checks);
    await isHit();
    const [node] = (await kind.nodes()).filter(({ role }) => role === 'worker');
    assert.ok(node);
    await kind.exec(node.name, ['systemctl', 'halt', '--force', '--force']).catch(() => {}); // it ends with the node
    assert.deepEqual(await command.ended, { code: exitCode.environment, signal: null }, command.output);
    assert.match(command.output, new RegExp(`netproof: ${node.name} stopped running .*CLUSTER_VANISHED`));
    assert.deepEqual(results(), { [checks[1] ?? '']: 'pass', [hit]: 'error' });
    assert.deepEqual(
      command.of('run-finished').map(({ exit }) => exit),
      [exitCode.environment],
    );
  });
});
