import assert from 'node:assert/strict';
import type { Manifest } from '@netproof/kube';
import { newPod } from '@netproof/probe';
import { agnhost, connect, connectEach, withAgnhost } from './agnhost.ts';
import { type Asked, told } from './prober-table.ts';

describe('a pod with agnhost', () => {
  it('has it beside its agent, which stays as it is', () => {
    const plain = newPod('m1', 'worker', { image: 'agent', run: 'r', agentSource: '' });
    const { containers, volumes } = withAgnhost(plain).spec as {
      containers: { name: string; command: string[]; image: string }[];
      volumes: { name: string }[];
    };
    const before = plain.spec as { containers: Manifest[] };
    assert.deepEqual(containers[0], before.containers[0]);
    assert.deepEqual([containers[1]?.name, containers[1]?.image], ['agnhost', 'agent']);
    assert.equal(containers[1]?.command[0], agnhost);
    assert.deepEqual(
      volumes.map(({ name }) => name),
      ['agent', 'agnhost'],
    );
  });

  it('is asked once for a probe, or once for all of its probes', () => {
    assert.deepEqual(connect('10.1.0.2', 8080).slice(1, 3), ['connect', '10.1.0.2:8080']);
    assert.deepEqual(connectEach(['10.1.0.2:8080', '10.1.0.3:8080']).slice(-2), [
      '10.1.0.2:8080',
      '10.1.0.3:8080',
    ]);
  });
});

describe('the figures of probers', () => {
  const asked = (title: string, ms: number, answered = 100): Asked => ({
    ...{ title, ms, answered, probes: 100, controllerCpu: ms / 10, nodesCpu: ms, podsCpu: ms / 2 },
  });
  const text = told(
    [asked('agents', 20), asked('execs', 4_000, 99), asked('agents', 40), asked('execs', 2_000)],
    {
      processes: [{ role: 'agent', rss: 70e6, pss: 25e6 }],
      image: 120e6,
      prober: { bytes: 64e6, packed: 18e6 },
    },
    { cluster: 'bridge', pods: 10, probes: 100 },
  );
  const line = (start: string) =>
    text
      .split('\n')
      .find((one) => one.startsWith(start))
      ?.split(/ {2,}/);

  it('are of each way, a probe, against the first', () => {
    const own = ['2', '0.30', '3333', '1.0×', '0.30', '1.0×', '0.15', '0.03', 'all'];
    assert.deepEqual(line('agents'), ['agents', ...own]);
    const slower = ['2', '30.00', '33', '100.0×', '30.00', '100.0×', '15.00', '3.00', '199 of 200'];
    assert.deepEqual(line('execs'), ['execs', ...slower]);
  });

  it('say what stands there for it', () => {
    assert.match(text, /agent RSS 70, PSS 25; stream none; agnhost none/);
    assert.match(text, /the agent's image 120 MB, .* agnhost alone 18 MB, unpacked 64 MB/);
  });
});
