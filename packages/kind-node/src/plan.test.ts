import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KindError } from './error.ts';
import { listKind, listNetworks, sweepKind, sweepNetworks } from './leftovers.ts';
import { type KindPlan, kindPlan } from './plan.ts';
import { created, type StandIns, standIns } from './stand-ins.ts';

const plan = (
  { folder, machine }: StandIns,
  more: { image?: string; retain?: boolean; network?: string } = {},
) =>
  kindPlan({
    name: 'a',
    config: '/c o n f/kind.yaml',
    kubeconfig: join(folder, 'kube config'),
    ...machine,
    ...more,
  });

describe('a plan', () => {
  it('has no method of a running cluster', () => {
    const started = (it: KindPlan) => {
      // @ts-expect-error a plan has no nodes yet
      void it.exec;
      // @ts-expect-error and nothing to delete
      void it.delete;
    };
    assert.equal(typeof started, 'function');
  });

  it('refuses a name that kind would refuse', () => {
    for (const name of ['', 'A', '-a', 'a/b', '../a']) {
      assert.throws(() => kindPlan({ name, config: 'c', kubeconfig: 'k' }), { code: 'BAD_NAME' });
    }
  });

  it('becomes a running cluster, which the end of its block deletes', async () => {
    await using tools = await standIns();
    const lines: string[] = [];
    {
      await using running = await plan(tools, { image: 'node:v1 x' }).create({
        onLine: (line) => lines.push(line),
      });
      assert.deepEqual(
        (await running.nodes()).map(({ name, role, containerId, ip }) => [name, role, containerId, ip]),
        [
          ['a-control-plane', 'control-plane', 'c1', '172.18.0.2'],
          ['a-worker', 'worker', 'c2', '172.18.0.2'],
        ],
      );
    }
    const kubeconfig = join(tools.folder, 'kube config');
    assert.deepEqual(await tools.calls(), [
      [
        'create',
        'cluster',
        '--name',
        'a',
        '--config',
        '/c o n f/kind.yaml',
        '--kubeconfig',
        kubeconfig,
        '--image',
        'node:v1 x',
        '--retain',
      ],
      ['delete', 'cluster', '--name', 'a', '--kubeconfig', kubeconfig],
    ]);
    assert.equal(lines[0], 'Creating cluster "a" ...');
    assert.deepEqual(await tools.containers(), []);
  });

  it('has no node that only balances the load of several control planes', async () => {
    await using tools = await standIns(`${created}
container c3 a control-plane a-control-plane2
container c4 a external-load-balancer a-external-load-balancer`);
    await using running = await plan(tools).create();
    const names = (await running.nodes()).map(({ name }) => name);
    assert.deepEqual(names, ['a-control-plane', 'a-control-plane2', 'a-worker']);
  });

  it('keeps a cluster that is kept, which another process can attach to', async () => {
    await using tools = await standIns();
    {
      await using running = await plan(tools).create();
      running.keep();
    }
    {
      await using again = await plan(tools).attach();
      assert.equal((await again.nodes()).length, 2);
    }
    assert.deepEqual(await tools.containers(), ['c1', 'c2']);
    assert.deepEqual(await (await plan(tools).attach()).delete(), { state: 'gone', name: 'a' });
    await assert.rejects(plan(tools).attach(), { code: 'NO_SUCH_NODE', message: 'no cluster a is here' });
  });

  it('keeps the kubeconfig and the network of the user out of kind', async () => {
    await using tools = await standIns();
    const env = {
      ...tools.machine.env,
      KUBECONFIG: '/home/me/.kube/config',
      KIND_EXPERIMENTAL_DOCKER_NETWORK: 'mine',
    };
    await plan({ ...tools, machine: { ...tools.machine, env } }).create();
    const seen = await readFile(join(tools.folder, 'kind.env'), 'utf8');
    assert.doesNotMatch(seen, /KUBECONFIG|DOCKER_NETWORK/);
    assert.match(seen, /^KIND_EXPERIMENTAL_PROVIDER=docker$/m);
  });

  it('passes a network of its own on', async () => {
    await using tools = await standIns();
    await plan(tools, { network: 'net-a' }).create();
    assert.match(
      await readFile(join(tools.folder, 'kind.env'), 'utf8'),
      /^KIND_EXPERIMENTAL_DOCKER_NETWORK=net-a$/m,
    );
  });
});

describe('a failed create', () => {
  it('tells command, exit code, output and hint, and removes what was made', async () => {
    await using tools = await standIns(`
      container c1 a control-plane a-control-plane
      say 'docker: Bind for 127.0.0.1:6443 failed: port is already allocated.'
      say 'ERROR: failed to create cluster: command "docker run" failed with error: exit status 125'
      exit 1`);
    await assert.rejects(plan(tools).create(), (error) => {
      assert.ok(error instanceof KindError);
      assert.equal(error.code, 'PORT_IN_USE');
      assert.equal(
        error.message,
        'kind create cluster exited with 1: ERROR: failed to create cluster: command "docker run" failed with error: exit status 125',
      );
      assert.deepEqual(error.argv?.slice(0, 3), ['kind', 'create', 'cluster']);
      assert.equal(error.lines.length, 2);
      assert.match(error.hint ?? '', /ss -ltnp/);
      return true;
    });
    assert.deepEqual(await tools.containers(), []);
  });

  it('asks the nodes for the cause that kind does not tell', async () => {
    await using tools = await standIns(`container c1 a control-plane a-control-plane
      echo 'Started kubelet.' > "$STAND_IN/journal"
      echo '"command failed" err="kubelet is configured to not run on a host using cgroup v1."' >> "$STAND_IN/journal"
      echo '\\033[0;1;31mFailed\\033[0m to start x' > "$STAND_IN/console"
      say 'ERROR: failed to init node with kubeadm'; exit 1`);
    await assert.rejects(plan(tools).create(), (error) => {
      assert.ok(error instanceof KindError);
      assert.equal(error.code, 'CGROUP_V1');
      assert.match(error.hint ?? '', /failCgroupV1: false/);
      assert.deepEqual(error.lines, [
        'ERROR: failed to init node with kubeadm',
        'a-control-plane: Failed to start x',
        'a-control-plane: "command failed" err="kubelet is configured to not run on a host using cgroup v1."',
      ]);
      return true;
    });
  });

  it('removes a node that appears only after kind has ended', async () => {
    await using tools = await standIns(`
      ( until [ -e "$STAND_IN/late" ]; do sleep 0.05; done; container c3 a worker a-worker ) >/dev/null 2>&1 &
      say 'ERROR: first node failed'; exit 1`);
    const failing = assert.rejects(plan(tools).create({ failureLogs: '/logs' }), { code: 'FAILED' });
    // The logs are asked for once kind has ended, so the node is made after that.
    while (!(await tools.calls()).some(([verb]) => verb === 'export')) await tools.containers();
    await writeFile(join(tools.folder, 'late'), '');
    await failing;
    assert.deepEqual(await tools.containers(), []);
  });

  it('leaves the nodes where the plan says retain', async () => {
    await using tools = await standIns('container c1 a control-plane a-control-plane; exit 1');
    await assert.rejects(plan(tools, { retain: true }).create(), { code: 'FAILED' });
    assert.deepEqual(await tools.containers(), ['c1']);
  });

  it('does not touch a cluster of the same name', async () => {
    await using tools = await standIns();
    await plan(tools).create();
    await assert.rejects(plan(tools).create(), {
      code: 'NAME_TAKEN',
      message: 'a cluster a is already here',
    });
    assert.deepEqual(await tools.containers(), ['c1', 'c2']);
    assert.equal((await tools.calls()).length, 1);
  });

  it('says that docker does not answer', async () => {
    await using tools = await standIns();
    await writeFile(join(tools.folder, 'docker-down'), '');
    await assert.rejects(plan(tools).create(), { code: 'DOCKER_UNREACHABLE' });
  });

  it('says that the kind binary is missing', async () => {
    await using tools = await standIns();
    const away = { ...tools, machine: { ...tools.machine, kind: join(tools.folder, 'no kind') } };
    await assert.rejects(plan(away).create(), { code: 'COMMAND_MISSING' });
  });

  it('names what it could not remove', async () => {
    await using tools = await standIns(`container c1 a control-plane a-control-plane
      touch "$STAND_IN/docker-down"; say 'ERROR: broken'; exit 1`);
    await assert.rejects(plan(tools).create(), {
      code: 'LEFT_BEHIND',
      message: /ERROR: broken. Then the clean-up failed: docker ps/,
    });
  });
});

describe('an aborted create', () => {
  it('stops kind and removes what was made', async () => {
    await using tools = await standIns(`say ' • Preparing nodes 📦  ...'
      container c1 a control-plane a-control-plane
      say 'in the middle'; exec sleep 60`);
    const abort = new AbortController();
    const onLine = (line: string) => line === 'in the middle' && abort.abort(new Error('Ctrl-C'));
    await assert.rejects(plan(tools).create({ signal: abort.signal, onLine }), {
      code: 'ABORTED',
      message: 'kind create cluster was interrupted',
    });
    assert.deepEqual(await tools.containers(), []);
  });

  it('ends at its deadline', async () => {
    await using tools = await standIns('container c1 a control-plane a-control-plane; exec sleep 60');
    await assert.rejects(plan(tools).create({ deadline: 300 }), { code: 'DEADLINE' });
    assert.deepEqual(await tools.containers(), []);
  });
});

describe('the control plane', () => {
  it('is given to the caller while kind still joins the workers', async () => {
    await using tools = await standIns(`${created}
      until [ -e "$STAND_IN/applied" ]; do sleep 0.02; done`);
    await plan(tools).create({
      async onControlPlane(starting) {
        assert.equal(await readFile(starting.kubeconfig, 'utf8'), 'early\n');
        await writeFile(join(tools.folder, 'applied'), '');
      },
    });
  });

  it('fails the create when the caller fails, with the error of the caller', async () => {
    await using tools = await standIns(`${created} exec sleep 60`);
    const broken = new Error('no manifest');
    await assert.rejects(plan(tools).create({ onControlPlane: () => Promise.reject(broken) }), broken);
    assert.deepEqual(await tools.containers(), []);
  });

  it('ends the caller when kind fails', async () => {
    await using tools = await standIns(`${created}
      until [ -e "$STAND_IN/waiting" ]; do sleep 0.02; done; say 'ERROR: join failed'; exit 1`);
    await assert.rejects(
      plan(tools).create({
        async onControlPlane(_, signal) {
          await writeFile(join(tools.folder, 'waiting'), '');
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        },
      }),
      { message: 'kind create cluster exited with 1: ERROR: join failed' },
    );
  });
});

describe('two creates', () => {
  it('make the docker network one after the other and the rest side by side', async () => {
    await using tools = await standIns(`
      [ ! -e "$STAND_IN/network" ] || { say 'ERROR: two kinds make the network'; exit 1; }
      touch "$STAND_IN/network"; sleep 0.2; rm "$STAND_IN/network"
      say ' • Preparing nodes 📦  ...'
      touch "$STAND_IN/$4.here"
      until [ -e "$STAND_IN/a.here" ] && [ -e "$STAND_IN/b.here" ]; do sleep 0.02; done
      container "$4" "$4" control-plane "$4-control-plane"`);
    const { folder, machine } = tools;
    const clusters = ['a', 'b'].map((name) =>
      kindPlan({ name, config: 'c', kubeconfig: join(folder, name), ...machine }).create({
        deadline: 50_000,
      }),
    );
    assert.deepEqual(
      (await Promise.all(clusters)).map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(
      (await listKind(machine)).map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(await sweepKind((name) => name === 'b', machine), ['b']);
    assert.deepEqual(await tools.containers(), ['a']);
  });
});

describe('a sweep', () => {
  it('ends a kind that goes on although its caller was killed', async () => {
    const name = `orphan-${process.pid}`;
    await using tools = await standIns();
    const argv = ['-c', 'tail -f /dev/null', 'kind', 'create', 'cluster', '--name', name];
    const child = spawn('sh', argv, { detached: true });
    const ended = once(child, 'exit');
    assert.deepEqual(await sweepKind((one) => one === name, tools.machine), [name]);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  });
});

describe('the nodes', () => {
  it('are told when one stops, and no longer when the wait is over', async () => {
    await using tools = await standIns();
    const running = await plan(tools).create();
    const died = join(tools.folder, 'died');
    await writeFile(died, '');
    const over = new AbortController();
    const none = running.stopped({ deadline: 8_000, signal: over.signal });
    const first = running.stopped({ deadline: 8_000 });
    over.abort();
    assert.equal(await none, undefined);
    await writeFile(died, 'a-worker\n');
    assert.equal(await first, 'a-worker');
  });

  it('are not watched where docker does not answer', async () => {
    await using tools = await standIns();
    const running = await plan(tools).create();
    await writeFile(join(tools.folder, 'docker-down'), '');
    await assert.rejects(running.stopped({ deadline: 8_000 }), { code: 'DOCKER_UNREACHABLE' });
  });
});

describe('a sweep of networks', () => {
  it('removes the stale ones that nobody uses', async () => {
    await using tools = await standIns();
    assert.deepEqual(await sweepNetworks((name) => name.startsWith('run-'), tools.machine), ['run-1']);
    assert.equal(await readFile(join(tools.folder, 'networks-removed'), 'utf8'), 'run-1\n');
  });

  it('knows how old they are', async () => {
    await using tools = await standIns();
    const [first] = await listNetworks(tools.machine);
    assert.deepEqual(first, { name: 'kind', created: new Date('2026-11-21T13:10:12.483Z') });
  });
});

describe('shells in nodes', () => {
  it('give arguments and output through as they are, one command after the other', async () => {
    await using tools = await standIns();
    using shells = (await plan(tools).create()).shells();
    const odd = ['a b', '', '$HOME', '`id`', "it's", '"', '*', 'ü\n', '; exit 3', '-x', '\\'];
    const echo = ['sh', '-c', 'cat; printf "<%s>" "$@"; echo no newline | tr -d "\\n" >&2', '-'];
    for (const words of [odd, [], ['x'.repeat(100_000)]]) {
      assert.deepEqual(await shells.run('a-worker', [...echo, ...words]), {
        stdout: words.map((word) => `<${word}>`).join('') || '<>',
        stderr: 'no newline',
        exitCode: 0,
      });
    }
  });

  it('run commands in one shell, and in several where they overlap', async () => {
    await using tools = await standIns();
    using shells = (await plan(tools).create()).shells();
    const shell = async () => (await shells.run('a-worker', ['sh', '-c', 'echo $PPID'])).stdout;
    const first = await shell();
    assert.equal(await shell(), first);
    const [one, other] = await Promise.all([shell(), shell()]);
    assert.notEqual(one, other);
  });

  it('tell the exit code of a command, and of a shell that ended under it, and go on', async () => {
    await using tools = await standIns();
    using shells = (await plan(tools).create()).shells();
    const message = 'docker exec a-worker exited with 3: no';
    await assert.rejects(shells.run('a-worker', ['sh', '-c', 'echo no >&2; exit 3']), {
      exitCode: 3,
      message,
    });
    const end = ['sh', '-c', 'echo gone >&2; kill -KILL $PPID'];
    await assert.rejects(shells.run('a-worker', end), { code: 'FAILED', message: /gone$/ });
    assert.equal((await shells.run('a-worker', ['echo', 'here'])).stdout, 'here\n');
    await assert.rejects(shells.run('other-worker', ['true']), { code: 'NO_SUCH_NODE' });
  });
});

describe('exec in a node', () => {
  it('gives arguments, input and exit code through', async () => {
    await using tools = await standIns();
    const running = await plan(tools).create();
    const { stdout } = await running.exec(
      'a-worker',
      ['sh', '-c', 'cat; printf "<%s>" "$@"', '-', 'a b', ''],
      { input: 'in ' },
    );
    assert.equal(stdout, 'in <a b><>');
    await assert.rejects(running.exec('a-worker', ['sh', '-c', 'echo no >&2; exit 3']), {
      code: 'FAILED',
      exitCode: 3,
    });
    assert.equal((await running.exec('a-worker', ['false'], { nonzero: 'value' })).exitCode, 1);
  });

  it('never takes a failure of docker for an exit code of the command', async () => {
    await using tools = await standIns();
    const running = await plan(tools).create();
    const say = (text: string, code: number) => ['sh', '-c', 'echo "$0" >&2; exit "$1"', text, String(code)];
    const value = { nonzero: 'value' } as const;
    await assert.rejects(running.exec('other-worker', ['true'], value), { code: 'NO_SUCH_NODE' });
    await assert.rejects(
      running.exec('a-worker9', say('Error response from daemon: No such container: a-worker9', 1), value),
      {
        code: 'NO_SUCH_NODE',
      },
    );
    await assert.rejects(
      running.exec('a-worker', say('Error response from daemon: container 1 is not running', 1), value),
      {
        code: 'FAILED',
      },
    );
    await assert.rejects(
      running.exec(
        'a-worker',
        say('OCI runtime exec failed: exec failed: "x": executable file not found', 127),
        value,
      ),
      {
        code: 'FAILED',
      },
    );
  });
});
