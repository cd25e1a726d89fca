import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { freePort } from '../testing/local-agents.ts';
import { tcpTarget, udpTarget } from '../testing/targets.ts';
import { attempt } from './attempt.ts';
import { outcomeOf } from './outcome.ts';
import { serve } from './servers.ts';
import type { Ask, Outcome } from './wire.ts';

const once = (ask: Ask) => new Promise<Outcome>((resolve) => void attempt(ask, resolve));

describe('attempt', () => {
  for (const protocol of ['TCP', 'UDP'] as const) {
    it(`is answered over ${protocol} with the server's id, its port, and the client's address as both sides have it`, async () => {
      const port = await freePort();
      const server = await serve({ id: 'x/a', ports: [port] });
      const outcome = await once({ protocol, address: '127.0.0.1', port });
      server.close();
      assert.deepEqual(outcome, {
        kind: 'answered',
        server: 'x/a',
        port,
        client: '127.0.0.1',
        local: '127.0.0.1',
      });
    });

    it(`is refused over ${protocol} where nothing listens`, async () => {
      const outcome = await once({ protocol, address: '127.0.0.1', port: await freePort() });
      assert.deepEqual(outcome, { kind: 'refused' });
    });
  }

  it('is answered over UDP at an address that the way back does not begin with', async () => {
    const port = await freePort();
    const ask = { protocol: 'UDP', address: '127.0.78.5', port } as const;
    const server = await serve({ id: 'x/a', ports: [port], answeringFrom: [ask.address] });
    const outcome = await once(ask);
    server.close();
    assert.deepEqual(outcome, {
      kind: 'answered',
      server: 'x/a',
      port,
      client: '127.0.0.1',
      local: '127.0.0.1',
    });
  });

  it('is answered over IPv6', async () => {
    const port = await freePort();
    const server = await serve({ id: 'x/a', ports: [port] });
    const outcomes = await Promise.all([
      once({ protocol: 'TCP', address: '::1', port }),
      once({ protocol: 'UDP', address: '::1', port }),
    ]);
    server.close();
    assert.deepEqual(
      outcomes,
      [1, 2].map(() => ({ kind: 'answered', server: 'x/a', port, client: '::1', local: '::1' })),
    );
  });

  it('comes from the source port that was chosen, to two addresses at once and then again', async () => {
    const came: (number | undefined)[] = [];
    const treat = (socket: Socket) => {
      came.push(socket.remotePort);
      socket.end('x\n');
    };
    using one = await tcpTarget(treat);
    using other = await tcpTarget(treat, '127.0.78.2');
    const sourcePort = await freePort();
    for (const _ of [1, 2]) {
      const asks = [one, other].map((target) => once({ protocol: 'TCP', ...at(target), sourcePort }));
      for (const { kind } of await Promise.all(asks)) assert.equal(kind, 'answered');
    }
    assert.deepEqual(came, Array(4).fill(sourcePort));
  });

  it('does so over UDP', async () => {
    const came: number[] = [];
    const treat = (reply: (text: string) => void, _text: string, _count: number, fromPort: number) => {
      came.push(fromPort);
      reply('x');
    };
    using one = await udpTarget(treat);
    using other = await udpTarget(treat, { address: '127.0.78.2' });
    const sourcePort = await freePort();
    for (const _ of [1, 2]) {
      const asks = [one, other].map((target) => once({ protocol: 'UDP', ...at(target), sourcePort }));
      for (const { kind } of await Promise.all(asks)) assert.equal(kind, 'answered');
    }
    assert.deepEqual(came, Array(4).fill(sourcePort));
  });

  it('is an error where somebody has the source port that was chosen', async () => {
    using target = await tcpTarget(() => assert.fail('it was asked from another port'));
    using listening = await tcpTarget(() => {});
    using bound = await udpTarget();
    const taken = { kind: 'error', reason: 'EADDRINUSE' };
    const overTcp = await once({ protocol: 'TCP', ...at(target), sourcePort: listening.port });
    const overUdp = await once({ protocol: 'UDP', ...at(target), sourcePort: bound.port });
    assert.deepEqual([overTcp, overUdp], [taken, taken]);
  });

  it('is reset when the server breaks the connection, by FIN or by RST', async () => {
    using ending = await tcpTarget((socket) => socket.end());
    using resetting = await tcpTarget((socket) => socket.resetAndDestroy());
    assert.deepEqual(await once({ protocol: 'TCP', ...at(ending) }), { kind: 'reset' });
    assert.deepEqual(await once({ protocol: 'TCP', ...at(resetting) }), { kind: 'reset' });
  });

  it('is answered by a stranger when the answer is not in our words or not to our nonce', async () => {
    using web = await tcpTarget((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    using echo = await udpTarget((reply) => reply('{"nonce":"other","id":"x/b","client":"::"}'));
    const [overTcp, overUdp] = [
      await once({ protocol: 'TCP', ...at(web) }),
      await once({ protocol: 'UDP', ...at(echo) }),
    ];
    assert.ok(overTcp.kind === 'answered' && overTcp.server.startsWith('stranger (HTTP/1.1 400'));
    assert.ok(overUdp.kind === 'answered' && overUdp.server.startsWith('stranger ('));
  });

  it('is unreachable where the kernel has no way', async () => {
    const outcome = await once({ protocol: 'TCP', address: '255.255.255.255', port: 8080 });
    assert.deepEqual(outcome, { kind: 'unreachable' });
  });

  it('tells what is not about the network apart', () => {
    assert.deepEqual(outcomeOf('EMFILE'), { kind: 'error', reason: 'EMFILE' });
    assert.deepEqual(outcomeOf('EHOSTUNREACH'), { kind: 'unreachable' });
  });

  it('reports nothing once it is given up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    using target = await udpTarget((reply, text) => {
      giveUp();
      reply(text);
      resolve();
    });
    const giveUp = attempt({ protocol: 'UDP', ...at(target) }, () => assert.fail('it was given up'));
    await promise;
  });

  it('leaves no connection behind when it is given up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    using target = await tcpTarget((socket) => {
      socket.on('close', () => resolve());
      giveUp();
    });
    const giveUp = attempt({ protocol: 'TCP', ...at(target) }, () => assert.fail('it was given up'));
    await promise;
  });
});

const at = ({ address, port }: { address: string; port: number }) => ({ address, port });
