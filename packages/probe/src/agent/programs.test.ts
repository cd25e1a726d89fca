import assert from 'node:assert/strict';
import { udpTarget } from '../testing/targets.ts';
import { Lapses } from './lapses.ts';
import { Programs } from './programs.ts';
import type { ProbeProgram } from './wire.ts';

const never = new Promise<void>(() => {});

describe('Programs', () => {
  it('run once for an id, tell whoever asks last, and are kept until they are forgotten', async () => {
    using target = await udpTarget((reply) => reply('hello'));
    const ask = { protocol: 'UDP', address: target.address, port: target.port } as const;
    const program: ProbeProgram = {
      verb: 'probe',
      asks: [ask],
      atOnce: 1,
      silence: 150,
      nextAttempt: 30,
    };
    const lapses = new Lapses();
    const programs = new Programs(lapses, { address: '127.0.0.1', ports: [] }, never);
    const told = (id: string) =>
      new Promise<string>((resolve) => programs.run(id, program, 0, ({ type }) => resolve(type)));

    programs.run('1', program, 0, () => assert.fail('another has asked since'));
    assert.equal(await told('1'), 'result');
    assert.equal(await told('1'), 'result');
    assert.equal(target.count, 1);
    programs.forget('1');
    assert.equal(await told('1'), 'result');
    assert.equal(target.count, 2);
    lapses.stop();
  });

  it('tell of a program that they do not know', async () => {
    const lapses = new Lapses();
    const unknown = JSON.parse('{"verb":"dance"}');
    const report = await new Promise<object>((resolve) =>
      new Programs(lapses, { address: '127.0.0.1', ports: [] }, never).run('1', unknown, 0, resolve),
    );
    assert.deepEqual(report, { type: 'failed', id: '1', reason: 'Error: no verb dance' });
    lapses.stop();
  });
});
