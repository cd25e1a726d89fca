import assert from 'node:assert/strict';
import { deafTarget, type LocalTarget, tcpTarget } from '../testing/targets.ts';
import { keep } from './keep.ts';

const answer = (nonce: string) =>
  `${JSON.stringify({ nonce: nonce.trimEnd(), id: 'x/b', client: '10.1.0.2', port: 1 })}\n`;

describe('keep', () => {
  const kept = async (target: LocalTarget, letGo: Promise<void>, silence = 5_000) => {
    const ask = { protocol: 'TCP', address: target.address, port: target.port } as const;
    const program = { verb: 'keep', asks: [ask], every: 5, silence, atMost: 10_000 } as const;
    const [one] = (await keep(program, letGo)).connections;
    return one ?? assert.fail('no connection');
  };

  it('uses one connection again and again until it is let go', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let exchanges = 0;
    using target = await tcpTarget((socket) =>
      socket.on('data', (data) => {
        exchanges += 1;
        socket.write(answer(data.toString()), () => exchanges === 5 && setImmediate(resolve));
      }),
    );
    const one = await kept(target, promise);
    assert.deepEqual([one.outcome.kind, target.count], ['answered', 1]);
    assert.ok(one.exchanges >= 4);
    assert.ok(one.longest > 0);
  });

  it('shows a connection that was broken, and does not open it again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    using target = await tcpTarget((socket) => {
      socket.once('data', (data) => {
        socket.write(answer(data.toString()));
        socket.once('data', () => socket.resetAndDestroy());
        socket.once('close', () => setTimeout(resolve, 100));
      });
    });
    const one = await kept(target, promise);
    assert.deepEqual([one.outcome.kind, one.exchanges, target.count], ['reset', 1, 1]);
  });

  it('shows an answer that stays out, and a connection that never opened', async () => {
    const after = () => new Promise<void>((resolve) => setTimeout(resolve, 300));
    using mute = await tcpTarget(() => {});
    assert.deepEqual((await kept(mute, after(), 50)).outcome, { kind: 'silent' });
    using deaf = await deafTarget();
    assert.deepEqual((await kept(deaf, after(), 50)).outcome, { kind: 'silent' });
  });

  it('sees what is lost at the very end, and when it was', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Its first answer is its last, and the connection is let go with the next question.
    using target = await tcpTarget((socket) =>
      socket.once('data', (data) => {
        socket.write(answer(data.toString()));
        socket.once('data', () => resolve());
      }),
    );
    const since = performance.now();
    const one = await kept(target, promise, 200);
    assert.deepEqual([one.outcome.kind, one.exchanges], ['silent', 1]);
    assert(
      one.lost && one.lost.from >= since && one.lost.to - one.lost.from >= 199,
      JSON.stringify(one.lost),
    );
  });

  it('is over after as long as is allowed', async () => {
    using target = await tcpTarget((socket) =>
      socket.on('data', (data) => socket.write(answer(data.toString()))),
    );
    const ask = { protocol: 'TCP', address: target.address, port: target.port } as const;
    const program = { verb: 'keep', asks: [ask], every: 5, silence: 1_000, atMost: 60 } as const;
    const { connections } = await keep(program, new Promise(() => {}));
    assert.equal(connections[0]?.outcome.kind, 'answered');
  });
});
