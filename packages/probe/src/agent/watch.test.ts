import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import type net from 'node:net';
import { deafTarget, type LocalTarget, tcpTarget, udpTarget } from '../testing/targets.ts';
import { watch } from './watch.ts';
import type { Ask, WatchProgram, WatchResult } from './wire.ts';

const program = (
  { address, port }: LocalTarget,
  change: Partial<WatchProgram> = {},
  protocol: Ask['protocol'] = 'UDP',
): WatchProgram => ({
  verb: 'watch',
  ask: { protocol, address, port },
  until: 'connected',
  stable: 60,
  atMost: 20_000,
  every: 4,
  silence: 100,
  // a busy machine must not look like a standstill
  standstill: 20_000,
  ...change,
});

const answer = (nonce: string) => JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 });
/** The outcome of each try, in the order of their starts. */
const kindsOf = ({ outcomes, order }: WatchResult) => order.map((index) => outcomes[index]?.kind);

describe('watch', () => {
  it('ends as soon as the outcome waited for has held, and not before', async () => {
    using target = await udpTarget((reply, nonce) => reply(answer(nonce)));
    const { starts, order, began, outcomes } = await watch(program(target));
    assert.equal(outcomes.length, 1);
    assert.equal(order.length, starts.length);
    assert.ok(began <= performance.now());
    // the last is the first that began long enough after the first
    const [first = 0] = starts;
    assert.ok(starts.at(-1)! - first >= 59.98 && starts.at(-2)! - first < 60.02);
  });

  it('tells of a server that begins to answer from which try on it did', async () => {
    using target = await udpTarget((reply, nonce, count) => count > 12 && reply(answer(nonce)));
    const kinds = kindsOf(await watch(program(target)));
    assert.ok(kinds.slice(0, 12).every((kind) => kind === 'silent'));
    assert.ok(kinds.slice(12).every((kind) => kind === 'answered') && kinds.length > 12);
  });

  it('tells of a server that ceases to answer, when its silence is known', async () => {
    using target = await udpTarget((reply, nonce, count) => count <= 12 && reply(answer(nonce)));
    const result = await watch(program(target, { until: 'denied' }));
    const kinds = kindsOf(result);
    assert.ok(kinds.slice(0, 12).every((kind) => kind === 'answered'));
    assert.ok(kinds.slice(12).every((kind) => kind === 'silent'));
    assert.ok(result.starts.at(-1)! - result.starts[12]! >= 59.9);
  });

  it('goes on where a try breaks what held before its silence was known', async () => {
    let answered = 0;
    using target = await udpTarget((reply, nonce, count) => {
      if (count !== 1 && (count < 22 || count > 24)) return;
      answered += 1;
      reply(answer(nonce));
    });
    // the tries 2 to 21 are silent for long enough, and known to be so only when 22 has long been answered
    const kinds = kindsOf(await watch(program(target, { until: 'denied', silence: 200 })));
    assert.equal(kinds.filter((kind) => kind === 'answered').length, answered);
    assert.equal(kinds.at(-1), 'silent');
  });

  it('ends without it when it was given no more time, each try known', async () => {
    using target = await udpTarget((reply, nonce, count) => count % 5 !== 0 && reply(answer(nonce)));
    const result = await watch(program(target, { until: 'denied', atMost: 150 }));
    assert.ok(result.starts.at(-1)! < 150);
    assert.equal(result.order.length, result.starts.length);
    assert.equal(target.count, result.starts.length);
    for (const [index, kind] of kindsOf(result).entries())
      assert.equal(kind, (index + 1) % 5 === 0 ? 'silent' : 'answered');
  });

  it('takes a refusal for a denial at once', async () => {
    using target = await tcpTarget(() => {});
    target[Symbol.dispose]();
    const result = await watch(program(target, { until: 'denied', silence: 20_000 }, 'TCP'));
    assert.deepEqual(result.outcomes, [{ kind: 'refused' }]);
  });

  it('asks from a fresh source port each time, over UDP from none that others are given', async () => {
    const ports: number[] = [];
    const server = dgram.createSocket('udp4').bind(0, '127.0.78.1');
    await once(server, 'listening');
    server.on('message', (message, from) => {
      ports.push(from.port);
      server.send(answer(message.toString().trimEnd()), from.port, from.address);
    });
    const { starts } = await watch(
      program({ ...server.address() } as unknown as LocalTarget, { stable: 200 }),
    );
    server.close();
    assert.equal(new Set(ports).size, ports.length);
    assert.ok(ports.length >= starts.length);
    assert.ok(ports.every((port) => port >= 12_000 && port < 30_000));

    const tcp: (number | undefined)[] = [];
    using target = await tcpTarget((socket: net.Socket) => {
      tcp.push(socket.remotePort);
      socket.once('data', (data) => socket.write(`${answer(data.toString().trimEnd())}\n`));
    });
    const kinds = kindsOf(await watch(program(target, {}, 'TCP')));
    assert.ok(kinds.every((kind) => kind === 'answered'));
    assert.equal(new Set(tcp).size, tcp.length);
  });

  it('gives up what was silent for its window: no socket is left that could send again', async () => {
    const connecting = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    using target = await deafTarget();
    const before = connecting();
    const result = await watch(program(target, { until: 'denied' }, 'TCP'));
    assert.deepEqual(result.outcomes, [{ kind: 'silent' }]);
    await new Promise(setImmediate);
    assert.ok(connecting() <= before);
  });

  it('knows nothing of a silence in which it stood still, and makes up for no try', async () => {
    using target = await udpTarget((reply, nonce, count) => {
      if (count <= 5) reply(answer(nonce));
      const start = performance.now();
      // an answer that lies in the socket when its window has passed is heard
      while (count === 3 && performance.now() - start < 150);
      while (count === 10 && performance.now() - start < 300);
    });
    const result = await watch(program(target, { atMost: 1_500, stable: 20_000, standstill: 200 }));
    const kinds = kindsOf(result);
    assert.ok(kinds.slice(0, 5).every((kind) => kind === 'answered'));
    assert.equal(kinds[9], 'error');
    assert.ok(result.outcomes.some((outcome) => outcome.kind === 'error' && outcome.reason === 'starved'));
    // never more than the pace allows, however long the standstill before
    for (const [index, start] of result.starts.entries()) {
      const later = result.starts[index + 20] ?? Number.POSITIVE_INFINITY;
      assert.ok(later - start > 17 * 4, `20 tries in ${later - start} ms`);
    }
  });
});
