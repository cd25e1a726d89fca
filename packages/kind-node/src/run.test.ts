import assert from 'node:assert/strict';
import { KindError } from './error.ts';
import { run, runOrThrow } from './run.ts';

const options = { env: process.env, signal: new AbortController().signal };
/** Prints its arguments as JSON. */
const echo = [process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--'];

describe('run', () => {
  it('gives a program its arguments as they are', async () => {
    const odd = ['a b', '', '$HOME', '`id`', "it's", '"', '*', 'ü\n', '; exit 3', '-x', '\\'];
    const { stdout, exitCode } = await run([...echo, ...odd], options);
    assert.deepEqual(JSON.parse(stdout), odd);
    assert.equal(exitCode, 0);
  });

  it('keeps stdout, stderr and the exit code apart', async () => {
    const output = await run(['sh', '-c', 'echo out; echo err >&2; exit 7'], options);
    assert.deepEqual(output, { stdout: 'out\n', stderr: 'err\n', exitCode: 7 });
  });

  it('reports lines as they come', async () => {
    const lines: string[] = [];
    await run(['sh', '-c', 'echo one; echo two >&2; printf three'], {
      ...options,
      onLine: (line) => lines.push(line),
    });
    assert.deepEqual(lines.sort(), ['one', 'three', 'two']);
  });

  it('writes the input', async () => {
    const input = 'ä'.repeat(200_000);
    assert.equal((await run(['cat'], { ...options, input })).stdout, input);
  });

  it('ends the input when there is none', async () => {
    assert.equal((await run(['cat'], { ...options, input: '' })).stdout, '');
  });

  it('survives a program that does not read its input', async () => {
    const { exitCode } = await run(['sh', '-c', 'exec <&-; exit 4'], {
      ...options,
      input: 'x'.repeat(1_000_000),
    });
    assert.equal(exitCode, 4);
  });

  it('says which program is missing', async () => {
    await assert.rejects(run(['no-such-kind', 'get'], options), (error) => {
      assert.ok(error instanceof KindError);
      assert.equal(error.code, 'COMMAND_MISSING');
      assert.match(error.message, /^no-such-kind could not be started/);
      return true;
    });
  });

  it('stops the program on abort, also one that does not hear SIGTERM', async function () {
    this.timeout(8_000);
    const abort = new AbortController();
    let group = 0;
    await assert.rejects(
      run(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'], {
        ...options,
        signal: abort.signal,
        onStart: (pid) => {
          group = pid;
        },
        onLine: () => abort.abort(new Error('enough')),
      }),
      (error) => {
        assert.ok(error instanceof KindError);
        assert.equal(error.code, 'ABORTED');
        assert.equal((error.cause as Error).message, 'enough');
        assert.deepEqual(error.lines, ['ready']);
        return true;
      },
    );
    assert.throws(() => process.kill(group, 0), { code: 'ESRCH' });
  });

  it('tells a deadline from an abort', async () => {
    await assert.rejects(run(['sleep', '20'], { ...options, signal: AbortSignal.timeout(50) }), {
      code: 'DEADLINE',
      message: 'sleep 20 was stopped at its deadline',
    });
  });
});

describe('the error of a failed command', () => {
  it('leaves the stack of kubeadm out', async () => {
    const stack = [
      'error: it failed',
      'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).Run.func1',
      '\tk8s.io/kubernetes@v1.36.3/cmd/kubeadm/app/cmd/phases/workflow/runner.go:262',
      'main.main',
      'runtime.goexit',
      'see kubelet.service',
    ];
    await assert.rejects(
      runOrThrow(['sh', '-c', 'echo "$0"; exit 1', stack.join('\n')], options),
      (error) => {
        assert.ok(error instanceof KindError);
        assert.deepEqual(error.lines, ['error: it failed', 'see kubelet.service']);
        return true;
      },
    );
  });

  const outputs = {
    DOCKER_UNREACHABLE:
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    NAME_TAKEN: 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "a"',
    PORT_IN_USE:
      'docker: Error response from daemon: Bind for 127.0.0.1:6443 failed: port is already allocated.',
    IMAGE_MISSING:
      'ERROR: failed to create cluster: failed to pull image "x:y": command "docker pull x:y" failed',
    DISK_FULL: 'write /var/lib/docker/x: no space left on device',
    CGROUP_V1: '"command failed" err="kubelet is configured to not run on a host using cgroup v1."',
    INOTIFY_LIMIT: 'Failed to create inotify object: too many open files',
    FAILED: 'something new',
  };
  for (const [code, text] of Object.entries(outputs)) {
    it(`knows ${code}`, async () => {
      await assert.rejects(runOrThrow(['sh', '-c', 'echo "$0" >&2; exit 1', text], options), (error) => {
        assert.ok(error instanceof KindError);
        assert.equal(error.code, code);
        assert.equal(error.hint === undefined, code === 'FAILED');
        assert.equal(error.exitCode, 1);
        assert.deepEqual(error.argv, ['sh', '-c', 'echo "$0" >&2; exit 1', text]);
        assert.deepEqual(error.lines, text.split('\n'));
        return true;
      });
    });
  }
});
