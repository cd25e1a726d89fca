import assert from 'node:assert/strict';
import { endingOf } from './command.ts';
import { Kube } from './kube.ts';
import { FakeApi, type FakeCommand } from './testing/fake-api.ts';

const at = { namespace: 'netproof-x', pod: 'a', container: 'agent' };
const succeeded = JSON.stringify({ status: 'Success' });
const failed = JSON.stringify({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: '3' }] },
});

describe('commands in a container', () => {
  let api: FakeApi;
  let kube: Kube;
  beforeEach(async () => {
    api = await FakeApi.start();
    kube = await Kube.connect(api.kubeconfig);
  });
  afterEach(() => api[Symbol.asyncDispose]());

  const run = (command: FakeCommand | 'refuse' | 'ignore', deadline = 1_000) => {
    api.command = command;
    return kube.exec(at, ['ip', 'route', 'show; reboot'], deadline);
  };

  it('give their output and exit code, and get their arguments as they are', async () => {
    const output = await run((command, argv) => {
      command.send(1, argv.join('|'));
      command.send(2, 'warning');
      command.send(3, failed);
    });
    assert.deepEqual(output, { stdout: 'ip|route|show; reboot', stderr: 'warning', exitCode: 3 });
  });

  it('end with their status, also when the socket stays open', async () => {
    assert.equal((await run((command) => command.send(3, succeeded))).exitCode, 0);
  });

  it('survive a frame of a channel that nobody knows', async () => {
    const output = await run((command) => {
      command.send(9, 'what?');
      command.send(3, succeeded);
    });
    assert.equal(output.exitCode, 0);
  });

  it('are lost when the socket closes or breaks without a status', async () => {
    await assert.rejects(
      run((command) => command.close()),
      { code: 'EXEC_LOST' },
    );
    await assert.rejects(
      run((command) => command.cut()),
      { code: 'EXEC_LOST', message: /ip route show; reboot in netproof-x\/a \(agent\).*without a status/ },
    );
  });

  it('are lost, not exited, when the runtime cannot start them', async () => {
    const status = JSON.stringify({
      status: 'Failure',
      reason: 'InternalError',
      message: 'no such file: ip',
    });
    await assert.rejects(
      run((command) => command.send(3, status)),
      { code: 'EXEC_LOST', message: /no such file: ip/ },
    );
    assert.equal(endingOf(status).kind, 'broken');
  });

  it('are known by the first line of a script', async () => {
    api.command = (command) => command.close();
    await assert.rejects(kube.exec(at, ['node', '-e', 'one()\ntwo()'], 1_000), {
      message: /^node -e one\(\) … in netproof-x\/a \(agent\)/,
    });
  });

  it('are late when neither status nor close comes', async () => {
    await assert.rejects(
      run(() => {}, 100),
      { code: 'EXEC_LATE' },
    );
  });

  it('have not started when the API server refuses or does not answer', async () => {
    await assert.rejects(run('refuse'), { code: 'EXEC_NOT_STARTED', message: /404/ });
    await assert.rejects(run('ignore', 100), { code: 'EXEC_NOT_STARTED', message: /within 0\.1 s/ });
  });

  describe('as a stream of lines', () => {
    it('cut what comes in pieces into lines, and send lines', async () => {
      const euro = Buffer.from('€\n');
      api.command = (command) => {
        command.onStdin((text) => {
          command.send(1, `heard ${text}`);
          command.send(3, failed);
        });
        command.send(1, 'one\ntw');
        command.send(1, 'o\n');
        command.send(1, euro.subarray(0, 2));
        command.send(1, euro.subarray(2));
        command.send(2, 'last words');
      };
      const lines: string[] = [];
      const stream = await kube.openStream(at, ['cat'], (line) => lines.push(line));
      stream.write('hello');
      assert.deepEqual(await stream.closed, { reason: 'it exited with 3: last words' });
      assert.deepEqual(lines, ['one', 'two', '€', 'heard hello']);
      stream.write('to nobody');
    });

    it('close when the other side is cut off, and when this side closes', async () => {
      api.command = (command, [what]) => {
        if (what === 'cut') command.cut();
      };
      const cut = await kube.openStream(at, ['cut'], () => {});
      assert.match((await cut.closed).reason, /without a status/);
      const open = await kube.openStream(at, ['cat'], () => {});
      open.close();
      assert.match((await open.closed).reason, /without a status/);
    });
  });
});
