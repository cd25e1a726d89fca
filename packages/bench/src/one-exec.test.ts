import assert from 'node:assert/strict';
import { NetproofError } from '@netproof/core';
import type { Kube } from '@netproof/kube';
import { byExecs, execsAtOnce, probeByExec } from './one-exec.ts';

const source = { kind: 'pod', id: 'x/a', node: 'one', ip: '10.1.0.2', labels: {} } as const;
const ask = { source, address: '10.1.1.2', port: { protocol: 'UDP', port: 8081 } } as const;

describe('a probe by exec', () => {
  it('is a command in the pod of its source', async () => {
    const called: unknown[] = [];
    const exec: Kube['exec'] = async (...all) => {
      called.push(all);
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    await probeByExec({ exec }, { ...ask, window: 1_500 });
    const [[at, argv]] = called as [[unknown, string[]]];
    assert.deepEqual(at, { namespace: 'netproof-x', pod: 'a', container: 'agent' });
    assert.deepEqual(argv.slice(0, 4), ['timeout', '1.5', 'bash', '-c']);
    assert.deepEqual(argv.slice(-2), ['10.1.1.2', '8081']);
  });

  for (const [exitCode, answer] of [
    [0, true],
    [1, false],
    [124, false],
    [127, undefined],
  ] as const) {
    it(`that ends with ${exitCode} is ${answer}`, async () => {
      const exec = async () => ({ exitCode, stdout: '', stderr: '' });
      assert.equal(await probeByExec({ exec }, ask), answer);
    });
  }

  it('that could not be made tells nothing', async () => {
    const exec = () => Promise.reject(new NetproofError('lost', { code: 'EXEC_LOST', exit: 3 }));
    assert.equal(await probeByExec({ exec }, ask), undefined);
    const broken = () => Promise.reject(new TypeError('broken'));
    await assert.rejects(probeByExec({ exec: broken }, ask), TypeError);
  });
});

describe('work by execs', () => {
  it('is done once for each, as many at a time as such tools do', async () => {
    const all = Array.from({ length: 100 }, (_, at) => at);
    const done: number[] = [];
    let [now, most] = [0, 0];
    await byExecs(all, async (one) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      done.push(one);
    });
    assert.deepEqual(
      done.toSorted((a, b) => a - b),
      all,
    );
    assert.equal(most, execsAtOnce);
  });
});
