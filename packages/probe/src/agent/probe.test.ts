import assert from 'node:assert/strict';
import { freePort, quick } from '../testing/local-agents.ts';
import { overflow } from '../testing/overflow.ts';
import { deafTarget, tcpTarget, udpTarget } from '../testing/targets.ts';
import { inTurn } from './in-turn.ts';
import { Lapses } from './lapses.ts';
import { probe } from './probe.ts';
import { sample } from './sample.ts';
import { Stalls } from './stalls.ts';
import type { Ask } from './wire.ts';

const { silence, nextAttempt } = quick;
const answer = (nonce: string) => JSON.stringify({ nonce, id: 'x/a', client: '10.0.0.1', port: 1 });

describe('probe', () => {
  let lapses: Lapses;
  beforeEach(() => {
    lapses = new Lapses();
  });
  afterEach(() => lapses.stop());

  const attemptsAt = async (ask: Ask) => {
    const program = { verb: 'probe', asks: [ask], atOnce: 8, silence, nextAttempt } as const;
    const { attempts } = await probe(program, 0, lapses);
    return attempts[0] ?? [];
  };

  it('makes one attempt where the first is answered', async () => {
    using target = await udpTarget((reply, nonce) => reply(answer(nonce)));
    const attempts = await attemptsAt({ protocol: 'UDP', address: target.address, port: target.port });
    assert.deepEqual(
      attempts.map(({ kind }) => kind),
      ['answered'],
    );
    assert.equal(target.count, 1);
  });

  it('keeps a loss that another attempt would hide', async () => {
    using target = await udpTarget((reply, nonce, count) => count > 1 && reply(answer(nonce)));
    const attempts = await attemptsAt({ protocol: 'UDP', address: target.address, port: target.port });
    assert.deepEqual(
      attempts.map(({ kind }) => kind),
      ['silent', 'answered', 'answered'],
    );
  });

  it('waits the whole window for three attempts from three source ports', async () => {
    const ports = new Set<number | undefined>();
    using target = await tcpTarget((socket) => ports.add(socket.remotePort));
    const start = performance.now();
    const attempts = await attemptsAt({ protocol: 'TCP', address: target.address, port: target.port });
    assert.ok(performance.now() - start >= silence - 1);
    assert.deepEqual(
      attempts.map(({ kind }) => kind),
      ['silent', 'silent', 'silent'],
    );
    assert.equal(ports.size, 3);
  });

  it('is silent where no SYN is answered', async () => {
    using target = await deafTarget();
    const attempts = await attemptsAt({ protocol: 'TCP', address: target.address, port: target.port });
    assert.deepEqual(
      attempts.map(({ kind }) => kind),
      ['silent', 'silent', 'silent'],
    );
  });

  it('makes one attempt from a source port that was chosen, also where it is not answered', async () => {
    using target = await udpTarget();
    const sourcePort = await freePort();
    const { address, port } = target;
    const attempts = await attemptsAt({ protocol: 'UDP', address, port, sourcePort });
    assert.deepEqual(
      attempts.map(({ kind }) => kind),
      ['silent'],
    );
    assert.equal(target.count, 1);
  });

  it('waits as long for one that its own standstill delayed', async () => {
    const program = { verb: 'probe', atOnce: 8, silence: 1_000, nextAttempt: 200 } as const;
    // The third begins at 850 ms and is answered at 1,100, when a window of all three would be over.
    using target = await udpTarget((reply, nonce, count) => {
      const start = performance.now();
      while (count === 1 && performance.now() - start < 650);
      setTimeout(() => reply(answer(nonce)), 250);
    });
    const asks = [{ protocol: 'UDP', address: target.address, port: target.port } as const];
    const { attempts } = await probe({ ...program, asks }, 0, lapses);
    assert.deepEqual(
      attempts[0]?.map(({ kind }) => kind),
      ['answered', 'answered', 'answered'],
    );
  });

  it('says when it was asked for, and counts datagrams without room since then, or since it is told', async () => {
    const program = { verb: 'probe', asks: [], atOnce: 8, silence, nextAttempt } as const;
    const late = await probe(program, 700, lapses);
    assert.equal(Math.round(late.began - late.asked), 700);
    const { began, asked, overflowed } = await probe(program, 0, lapses);
    assert.equal(began, asked);
    await overflow();
    // Looking back, because the counter may have been read while datagrams were lost, and again before this one begins.
    const after = await probe({ ...program, since: began }, 0, lapses);
    assert.ok(after.overflowed[0] === overflowed[0] && after.overflowed[1] > overflowed[0]);
    const later = await probe(program, 0, lapses);
    assert.deepEqual(later.overflowed, [after.overflowed[1], after.overflowed[1]]);
  });

  it('takes a late answer for an answer', async () => {
    // The first is answered only when the second has come.
    const held: (() => void)[] = [];
    using target = await udpTarget((reply, nonce, count) => {
      held.push(() => reply(answer(nonce)));
      if (count > 1) for (const answerNow of held.splice(0)) answerNow();
    });
    const attempts = await attemptsAt({ protocol: 'UDP', address: target.address, port: target.port });
    assert.ok(attempts.length > 1 && attempts.every(({ kind }) => kind === 'answered'));
  });
});

describe('sample', () => {
  it('keeps the order of its connections and what came of each', async () => {
    using target = await tcpTarget((socket, count) => {
      socket.once('data', (data) => {
        const nonce = data.toString().trimEnd();
        const id = ['x/a', 'x/b', 'x/c'][count % 3];
        if (count === 5) socket.resetAndDestroy();
        else if (count !== 7) socket.write(`${JSON.stringify({ nonce, id, client: '::', port: 1 })}\n`);
      });
    });
    const stalls = new Stalls();
    const ask = { protocol: 'TCP', address: target.address, port: target.port } as const;
    const program = { verb: 'sample', ask, connections: 9, atOnce: 1, silence, enoughSilent: 2 } as const;
    const { outcomes, order } = await sample(program);
    stalls.stop();
    const told = order
      .map((index) => outcomes[index])
      .map((one) => (one?.kind === 'answered' ? one.server : one?.kind));
    assert.deepEqual(told, ['x/b', 'x/c', 'x/a', 'x/b', 'reset', 'x/a', 'silent', 'x/c', 'x/a']);
  });
});

describe('a sample with pauses', () => {
  it('makes all its connections, and none while it is silent', async () => {
    const came: number[] = [];
    using target = await udpTarget((reply, nonce) => {
      came.push(performance.now());
      reply(answer(nonce));
    });
    const stalls = new Stalls();
    const ask = { protocol: 'UDP', address: target.address, port: target.port } as const;
    const shared = { verb: 'sample', ask, atOnce: 4, silence, enoughSilent: 2 } as const;
    const pause = { after: 4, ms: 100 };
    const { order } = await sample({ ...shared, connections: 10, pause });
    stalls.stop();
    assert.equal(order.length, 10);
    assert.equal(came.length, 10);
    for (const first of [4, 8]) {
      // the last of a round was heard a moment before its answer was
      assert.ok(
        (came[first] ?? 0) - (came[first - 1] ?? 0) >= pause.ms - 1,
        `before connection ${first + 1}`,
      );
    }
  });
});

describe('inTurn', () => {
  it('runs no more at once than it may, begins in order and answers in order', async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const results = await inTurn([5, 1, 4, 2, 3], 2, async (item) => {
      begun.push(item);
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < item; turn += 1) await new Promise(setImmediate);
      running -= 1;
      return item * 10;
    });
    assert.deepEqual(begun, [5, 1, 4, 2, 3]);
    assert.deepEqual(results, [50, 10, 40, 20, 30]);
    assert.equal(most, 2);
  });
});

describe('Stalls', () => {
  it('sees a standstill of the event loop, and forgets those before the time asked for', () => {
    const stalls = new Stalls();
    const start = performance.now();
    while (performance.now() - start < 150);
    assert.ok(stalls.longestSince(start) >= 150);
    assert.equal(stalls.longestSince(performance.now()), 0);
    stalls.stop();
  });
});
