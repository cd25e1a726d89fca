import assert from 'node:assert/strict';
import { setImmediate as immediately } from 'node:timers/promises';
import { type Endpoint, type Fault, type FaultContext, type PodMoment, stimuli } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import addressKept from './address-kept.ts';
import newPodsEgressDropped from './new-pods-egress-dropped.ts';
import newPodsUnreachable from './new-pods-unreachable.ts';
import restartedCutOff from './restarted-cut-off.ts';
import terminatingCutOff from './terminating-cut-off.ts';

const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));
const at = (node: string, id: string, ip: string): Endpoint => ({ kind: 'pod', id, node, ip, labels: {} });
const residents = [at('a', 'x/a', '10.1.0.2'), at('b', 'x/b', '10.1.1.2')];
const started = at('b', 'new/p1', '10.1.1.9');

/** A fault that is in place, what was done to nodes since, and the life of a pod as a check goes through it. */
async function under(fault: Fault, refused?: string) {
  const acts = new Map<PodMoment, (pod: Endpoint) => Promise<void>>();
  const done: string[] = [];
  const nodes = nodesThatRun(list, (node, argv) => {
    const command = argv.join(' ');
    if (/ -I |^ip (link|address) /.test(command)) done.push(`${node}: ${command}`);
    if (refused !== undefined && command.includes(refused)) throw new Error(`${node} refuses`);
    if (command.endsWith('-oneline address'))
      return residents.map(({ ip }) => `netns: cni-${ip}\n2: eth0    inet ${ip}/24`).join('\n');
    return '';
  });
  const lifecycle = {
    on(moment: PodMoment, act: (pod: Endpoint) => Promise<void>) {
      acts.set(moment, act);
      return { stop: () => void acts.delete(moment) };
    },
  };
  const context = { nodes, lifecycle, probes: { endpoints: residents } } as unknown as FaultContext;
  return { acts, done, applied: await fault.apply(context) };
}

describe('a fault that begins with a pod which a check starts', () => {
  for (const [fault, moment, match] of [
    [newPodsUnreachable, 'ready', ''],
    [newPodsEgressDropped, 'ready', ' -m conntrack --ctstate NEW'],
    [restartedCutOff, 'restarted', ''],
  ] as const) {
    it(`${fault.id} does nothing but at its moment, and then drops what the pod says to pods of one node`, async () => {
      const { acts, applied, done } = await under(fault);
      assert.deepEqual([[...acts.keys()], done, await applied.effect()], [[moment], [], 0]);
      await acts.get(moment)?.(started);
      assert.deepEqual(done, [
        `a: ip netns exec cni-10.1.0.2 iptables -w -t filter -I INPUT -s 10.1.1.9${match} -j DROP -m comment --comment netproof-fault`,
      ]);
      await applied.revert();
      assert.equal(acts.size, 0);
    });
  }

  describe('terminating-cut-off', () => {
    const rule =
      'a: ip netns exec cni-10.1.0.2 iptables -w -t filter -I INPUT -s 10.1.1.9 -j DROP -m comment --comment netproof-fault';

    it('drops what the pod says some time after it was told to end, which nobody waits for', async () => {
      const { acts, applied, done } = await under(terminatingCutOff);
      const since = performance.now();
      await acts.get('terminating')?.(started);
      assert.deepEqual(done, []);
      while (done.length === 0) await immediately();
      assert.ok(performance.now() - since >= stimuli.cutOffLater - 1);
      assert.deepEqual(done, [rule]);
      await applied.revert();
      assert.equal(acts.size, 0);
    });

    it('does nothing any more once it is taken out', async () => {
      const { acts, applied, done } = await under(terminatingCutOff);
      await acts.get('terminating')?.(started);
      await applied.revert();
      assert.deepEqual([acts.size, done], [0, []]);
      await applied.revert();
    });

    it('tells, when it is taken out, that it could not be put in', async () => {
      const { acts, applied, done } = await under(terminatingCutOff, ' -I ');
      await acts.get('terminating')?.(started);
      while (done.length === 0) await immediately();
      await assert.rejects(applied.revert(), /a refuses/);
    });
  });

  it('address-kept has the node answer at the address of a pod of its own that is gone', async () => {
    const { acts, applied, done } = await under(addressKept);
    assert.deepEqual(done.splice(0), [
      'a: ip link add netproof-void type bridge',
      'a: ip link set netproof-void up',
    ]);
    await acts.get('gone')?.(started);
    assert.deepEqual(done, []);
    await acts.get('gone')?.({ ...started, node: 'a' });
    assert.deepEqual(done, [
      'a: iptables -w -t mangle -I INPUT -d 10.1.1.9 -m comment --comment netproof-fault',
      'a: ip address replace 10.1.1.9/32 dev netproof-void',
    ]);
    await applied.revert();
    assert.equal(acts.size, 0);
  });
});
