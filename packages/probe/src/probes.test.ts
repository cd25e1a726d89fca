import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Endpoint, type Target, targetOf } from '@netproof/core';
import type { StreamEvent } from './agent-stream.ts';
import { onNode } from './openings.ts';
import { type OpenProbes, openProbes } from './probes.ts';
import { freePort, LocalAgents, quick } from './testing/local-agents.ts';
import { deafTarget, type LocalTarget, tcpTarget, udpTarget } from './testing/targets.ts';

describe('openProbes', () => {
  let agents: LocalAgents;
  let probes: OpenProbes;
  let events: StreamEvent[];
  const states = () => events.map(({ state }) => state);

  beforeEach(async () => {
    agents = await LocalAgents.start('x/a', 'x/b', 'y/a');
    events = [];
    probes = await openProbes({
      endpoints: agents.endpoints,
      open: agents.open,
      onStream: (event) => events.push(event),
      served: [agents.port],
      timing: quick,
    });
  });
  afterEach(async () => {
    await probes[Symbol.asyncDispose]();
    await agents[Symbol.asyncDispose]();
  });

  const both = () => (['TCP', 'UDP'] as const).map((protocol) => ({ protocol, port: agents.port }));
  /** An address outside the agents; with an endpoint it counts as that one's. */
  const outside = ({ address }: LocalTarget, endpoint?: Endpoint): Target => ({
    label: 'outside',
    address,
    servers: ['x/b'],
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const one = async (target: Target, port: number, protocol: 'TCP' | 'UDP' = 'UDP') => {
    const { cells } = await probes.matrix({
      sources: [agents.at(0)],
      targets: [target],
      ports: [{ protocol, port }],
    });
    assert.equal(cells.length, 1);
    return cells[0]!;
  };

  describe('matrix', () => {
    it('answers every cell of the plan once, with who answered and how it saw the client', async () => {
      const table = await probes.matrix({
        sources: agents.endpoints,
        targets: agents.endpoints.map(targetOf),
        ports: both(),
        pairs: (source, target) => source.id !== target.label,
      });
      assert.equal(table.cells.length, 3 * 2 * 2);
      for (const cell of table.cells) {
        assert.equal(cell.verdict, 'connected');
        assert.equal(cell.server, cell.target.label);
        assert.equal(cell.clientSeenAs, '127.0.0.1');
        assert.ok(cell.ms !== undefined && cell.ms < quick.silence);
      }
      const keys = table.cells.map(
        ({ source, target, port }) => `${source.id} ${target.label} ${port.protocol}`,
      );
      assert.equal(new Set(keys).size, keys.length);
      assert.equal(probes.streamsOpened, 3);
      assert.deepEqual(events, []);
    });

    it('asks one pair for each pair of nodes where it covers nodes, and says so', async () => {
      const endpoints = agents.endpoints.map((one, at) => ({ ...one, node: at === 2 ? 'node0' : one.node }));
      await using thin = await openProbes({
        endpoints,
        open: agents.open,
        timing: quick,
        coverage: 'nodes',
      });
      const plan = { sources: endpoints, targets: endpoints.map(targetOf), ports: both() };
      const { cells, covered } = await thin.matrix(plan);
      const pairs = cells.map(({ source, target }) => `${source.node} → ${target.endpoint?.node}`);
      assert.deepEqual(
        new Set(pairs),
        new Set(['node0 → node0', 'node0 → node1', 'node1 → node0', 'node1 → node1']),
      );
      assert.equal(cells.length, 4 * 2);
      assert.deepEqual([covered?.pairs, covered?.sources, covered?.targets], [4, 3, 3]);
      assert.ok(cells.every(({ verdict }) => verdict === 'connected'));
    });

    it('tells who answered instead', async () => {
      const cell = await one(
        { label: 'x/b', address: agents.at(2).ip, servers: ['x/b'] },
        agents.port,
        'TCP',
      );
      assert.deepEqual([cell.verdict, cell.server], ['wrong-peer', 'y/a']);
    });

    it('calls a silence dropped when client and server prove alive', async () => {
      using target = await deafTarget();
      const cell = await one(outside(target, agents.at(1)), target.port, 'TCP');
      assert.deepEqual([cell.verdict, cell.attempts, cell.answered], ['dropped', 3, 0]);
    });

    it('calls nothing dropped when the server does not reach itself', async () => {
      using target = await udpTarget();
      agents.deafen('x/b');
      const cell = await one(outside(target, agents.at(1)), target.port);
      assert.equal(cell.verdict, 'probe-error');
      assert.match(cell.reason ?? '', /^control failed at the server: x\/b to its own server, UDP/);
    });

    it('calls nothing dropped when the client does not reach itself', async () => {
      using target = await udpTarget();
      agents.deafen('x/a');
      const cell = await one(outside(target), target.port);
      assert.equal(cell.verdict, 'probe-error');
      assert.match(cell.reason ?? '', /^control failed at the client: x\/a/);
    });

    it('calls nothing dropped when the server has no agent to ask', async () => {
      using target = await udpTarget();
      const cell = await one(outside(target, { ...agents.at(1), id: 'z/z' }), target.port);
      assert.match(cell.reason ?? '', /^control failed at the server: no agent runs at z\/z/);
    });

    it('calls a silence starved when an agent stood still in its window', async () => {
      using target = await udpTarget(() => {
        const start = performance.now();
        while (performance.now() - start < quick.starvation + 20);
      });
      const cell = await one(outside(target), target.port);
      assert.deepEqual([cell.verdict, cell.reason], ['probe-error', 'starved']);
    });

    it('asks a pair once from each source port that was chosen, and says which', async () => {
      const came = new Set<number>();
      using target = await udpTarget((reply, nonce, _, fromPort) => {
        came.add(fromPort);
        if (fromPort === answered) reply(JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 }));
      });
      const [answered, silent] = [await freePort(), await freePort()];
      const { cells } = await probes.matrix({
        sources: [agents.at(0)],
        targets: [outside(target, agents.at(1))],
        ports: [answered, silent].map((sourcePort) => ({ protocol: 'UDP', port: target.port, sourcePort })),
      });
      assert.deepEqual(
        cells.map(({ port, verdict, attempts }) => [port.sourcePort, verdict, attempts]),
        [
          [answered, 'connected', 1],
          [silent, 'dropped', 1],
        ],
      );
      assert.deepEqual(came, new Set([answered, silent]));
    });

    it('keeps refusals apart from silence', async () => {
      using target = await tcpTarget(() => {});
      target[Symbol.dispose]();
      assert.equal((await one(outside(target, agents.at(1)), target.port, 'TCP')).verdict, 'refused');
    });

    it("takes no refusal for the network's where the server is dead", async () => {
      agents.deafen('x/b');
      const cell = await one(targetOf(agents.at(1)), agents.port, 'TCP');
      assert.equal(cell.verdict, 'probe-error');
      assert.match(cell.reason ?? '', /^control failed at the server: x\/b to its own server, .*: refused/);
    });
  });

  describe('sample', () => {
    for (const protocol of ['TCP', 'UDP'] as const) {
      it(`names the server of each of many ${protocol} connections`, async () => {
        const [source, server] = [agents.at(0), agents.at(1)];
        const port = { protocol, port: agents.port };
        const sample = await probes.sample({ source, target: targetOf(server), port, connections: 100 });
        assert.deepEqual(sample.verdicts, { connected: 100 });
        assert.deepEqual(sample.clientSeenAs, ['127.0.0.1']);
        assert.deepEqual(new Set(sample.servers), new Set(['x/b']));
        assert.equal(sample.servers.length, 100);
        assert.equal(sample.reason, undefined);
      });
    }

    it('shows each connection that was lost', async () => {
      using target = await udpTarget((reply, nonce, count) => {
        if (count % 4 !== 0) reply(JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 }));
      });
      const port = { protocol: 'UDP', port: target.port } as const;
      const plan = { source: agents.at(0), target: outside(target), port, connections: 20 };
      const sample = await probes.sample(plan);
      assert.deepEqual(sample.verdicts, { connected: 15, dropped: 5 });
      assert.equal(sample.servers.filter((server) => server === null).length, 5);
    });

    it('ends early when nothing answers', async () => {
      using target = await udpTarget(() => {});
      const port = { protocol: 'UDP', port: target.port } as const;
      const plan = { source: agents.at(0), target: outside(target), port, connections: 10_000 };
      const { servers, verdicts } = await probes.sample(plan);
      // Those under way when enough were silent are waited for.
      assert.ok(servers.length >= 64 && servers.length < 64 + 32);
      assert.deepEqual(verdicts, { dropped: servers.length });
    });

    it('of a Service proves nothing when a backend does not reach itself', async () => {
      using target = await udpTarget(() => {});
      agents.deafen('x/b');
      const port = { protocol: 'UDP', port: target.port } as const;
      const plan = { source: agents.at(0), target: outside(target), port, connections: 3 };
      const { verdicts, reason } = await probes.sample(plan);
      assert.deepEqual(verdicts, { 'probe-error': 3 });
      assert.match(reason ?? '', /^control failed at the server: x\/b/);
    });

    it('is worth nothing when its agent cannot be asked', async () => {
      const source = { ...agents.at(0), id: 'z/z' };
      const port = { protocol: 'TCP', port: agents.port } as const;
      const sample = await probes.sample({ source, target: targetOf(agents.at(1)), port, connections: 2 });
      assert.deepEqual(sample.verdicts, { 'probe-error': 2 });
      assert.match(sample.reason ?? '', /no agent runs at z\/z/);
    });
  });

  describe('keep', () => {
    const kept = (during: () => Promise<void>, sources = [agents.at(0)]) =>
      probes.keep({
        sources,
        targets: [agents.at(1), agents.at(2)].map(targetOf),
        port: { protocol: 'TCP', port: agents.port },
        pairs: (source, target) => source !== target.endpoint,
        during,
      });
    const round = async () => void (await one(targetOf(agents.at(1)), agents.port, 'TCP'));

    it('uses connections until what is done meanwhile is done', async () => {
      const { cells, longest } = await kept(round, [agents.at(0), agents.at(1)]);
      assert.deepEqual(
        cells.map(({ source, target, verdict }) => `${source.id} ${target.label} ${verdict}`),
        ['x/a x/b connected', 'x/a y/a connected', 'x/b y/a connected'],
      );
      for (const { attempts, answered } of cells) assert.ok(attempts >= 1 && attempts === answered);
      assert.ok(longest > 0);
    });

    it('tells of a connection that was lost, unless the agent was at which it ended', async () => {
      using target = await tcpTarget((socket) => socket.once('data', () => socket.resetAndDestroy()));
      const lost = async (during: () => Promise<void>) => {
        const port = { protocol: 'TCP', port: target.port } as const;
        const targets = [outside(target, agents.at(1))];
        const { cells } = await probes.keep({ sources: [agents.at(0)], targets, port, during });
        return cells[0]?.reason ?? cells[0]?.verdict;
      };
      assert.equal(await lost(round), 'reset');
      const why = await lost(async () => {
        await round();
        agents.stopOne('x/b');
        await agents.startOne(agents.at(1));
      });
      assert.match(why ?? '', /control failed at the server: .*started anew/);
    });

    describe('of agents that stood still', () => {
      const standStill = () => {
        const start = performance.now();
        while (performance.now() - start < quick.starvation + 150);
      };
      /** What comes of a connection on which nothing but the first question is answered. */
      const lost = async (meet: { readonly before?: () => void; readonly meanwhile?: () => void }) => {
        const mute = Promise.withResolvers<void>();
        using target = await tcpTarget((socket) =>
          socket.once('data', (data) => {
            const nonce = data.toString().trimEnd();
            socket.write(`${JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 })}\n`);
            socket.once('data', () => mute.resolve());
          }),
        );
        const { cells } = await probes.keep({
          sources: [agents.at(0)],
          targets: [outside(target, agents.at(1))],
          port: { protocol: 'TCP', port: target.port },
          async during() {
            meet.before?.();
            await mute.promise;
            meet.meanwhile?.();
          },
        });
        return cells[0]?.reason ?? cells[0]?.verdict;
      };

      it('calls a connection starved that was lost meanwhile', async () => {
        assert.equal(await lost({ meanwhile: standStill }), 'starved');
      });

      it('excuses none that was lost at another time', async () => {
        assert.equal(await lost({ before: standStill }), 'dropped');
      });
    });

    it('lets go of them where what is done meanwhile fails', async () => {
      await assert.rejects(
        kept(async () => {
          throw new Error('no more pods');
        }),
        /no more pods/,
      );
      assert.equal((await kept(round)).cells.length, 2);
    });
  });

  it('says of packets what each agent knows, and why nothing is known', async () => {
    const [own, nobody] = await probes.packets([agents.at(0), { ...agents.at(1), id: 'z/z' }]);
    assert.ok(own && own.reason === undefined && own.mtu > 0 && own.fragments >= 0);
    assert.equal(nobody?.reason, 'no agent runs at z/z');
  });

  describe('an endpoint that joins', () => {
    it('is probed before its stream is open, and by it once it is', async () => {
      await probes[Symbol.asyncDispose]();
      const gate = Promise.withResolvers<void>();
      const open: typeof agents.open = async (endpoint, ...rest) => {
        if (endpoint.id === 'y/a') await gate.promise;
        return agents.open(endpoint, ...rest);
      };
      probes = await openProbes({ endpoints: [agents.at(0)], open, timing: quick });
      const late = agents.at(2);
      const { opened } = probes.join(late);
      assert.equal((await one(targetOf(late), agents.port, 'TCP')).verdict, 'connected');
      const plan = { sources: [late], targets: [targetOf(agents.at(0))], ports: both() };
      const asked = probes.matrix(plan);
      gate.resolve();
      await opened;
      assert.deepEqual(
        (await asked).cells.map(({ verdict }) => verdict),
        ['connected', 'connected'],
      );
      probes.leave(late);
      const [cell] = (await probes.matrix(plan)).cells;
      assert.equal(cell?.reason, 'no agent runs at y/a');
    });

    it('is asked when its stream opens at last, and has lost none', async () => {
      await probes[Symbol.asyncDispose]();
      const events: StreamEvent[] = [];
      let tries = 0;
      const open: typeof agents.open = async (endpoint, ...rest) => {
        if (endpoint.id !== 'y/a') return agents.open(endpoint, ...rest);
        tries += 1;
        if (tries < 3) throw new Error('no word from its agent');
        return agents.open(endpoint, ...rest);
      };
      const onStream = (event: StreamEvent) => events.push(event);
      probes = await openProbes({ endpoints: [agents.at(0)], open, onStream, timing: quick });
      const { opened } = probes.join(agents.at(2));
      const plan = { sources: [agents.at(2)], targets: [targetOf(agents.at(0))], ports: both() };
      const { cells } = await probes.matrix(plan);
      assert.deepEqual(
        cells.map(({ verdict }) => verdict),
        ['connected', 'connected'],
      );
      await opened;
      assert.deepEqual([tries, events], [3, []]);
    });

    it('and cannot be reached makes errors of what it was asked', async () => {
      await probes[Symbol.asyncDispose]();
      probes = await openProbes({ endpoints: [agents.at(0)], open: agents.open, timing: quick });
      agents.unreachable = true;
      const { opened } = probes.join(agents.at(2));
      const plan = { sources: [agents.at(2)], targets: [targetOf(agents.at(0))], ports: both() };
      const [cell] = (await probes.matrix(plan)).cells;
      assert.equal(cell?.verdict, 'probe-error');
      assert.match(cell?.reason ?? '', /^y\/a: nobody there/);
      await assert.rejects(opened, /nobody there/);
    });
  });

  describe('control streams', () => {
    it('ask again by the same id when one is lost, and nothing is probed twice', async () => {
      using target = await udpTarget((_reply, _text, count) => {
        if (count === 1) agents.streams[0]?.destroy();
      });
      const cell = await one(outside(target), target.port);
      assert.deepEqual([cell.verdict, cell.attempts], ['dropped', 3]);
      assert.equal(target.count, 3);
      assert.deepEqual(states(), ['lost', 'returned']);
      assert.equal(probes.streamsOpened, 4);
    });

    it('let the agent forget each result that has arrived', async () => {
      const said = agents.heard('forget');
      await one(targetOf(agents.at(1)), agents.port);
      assert.equal(await said, 'forget');
    });

    it('are lost when the agent only falls silent', async () => {
      const { promise, resolve } = Promise.withResolvers<StreamEvent>();
      await probes[Symbol.asyncDispose]();
      probes = await openProbes({
        endpoints: [agents.at(0)],
        open: async (endpoint, onLine, deadline) => {
          let heard = 0;
          return agents.open(
            endpoint,
            (line) => {
              heard += 1;
              if (heard <= 2) onLine(line);
            },
            deadline,
          );
        },
        onStream: resolve,
        timing: quick,
      });
      const event = await promise;
      assert.equal(event.state, 'lost');
      assert.match(event.message, /silent for 0.9 s/);
    });

    it('that stay away make errors of what was in flight, and are tried again by the next question', async () => {
      using target = await udpTarget((_reply, _text, count) => {
        agents.unreachable = true;
        if (count === 1) agents.streams[0]?.destroy();
      });
      const cell = await one(outside(target), target.port);
      assert.equal(cell.verdict, 'probe-error');
      assert.match(cell.reason ?? '', /^x\/a: the control stream was lost \(socket closed\) .* nobody there/);
      assert.deepEqual(states(), ['lost', 'gone']);

      agents.unreachable = false;
      assert.equal((await one(targetOf(agents.at(1)), agents.port)).verdict, 'connected');
      assert.deepEqual(states(), ['lost', 'gone', 'returned']);
    });

    it('that are closed answer at once that they are', async () => {
      await probes[Symbol.asyncDispose]();
      const cell = await one(targetOf(agents.at(1)), agents.port);
      assert.deepEqual([cell.verdict, cell.reason], ['probe-error', 'x/a: the control stream was closed']);
    });

    it('do not carry a program over to another life of the agent', async () => {
      using target = await udpTarget(async (_reply, _text, count) => {
        if (count > 1) return;
        agents.stopOne('x/a');
        await agents.startOne(agents.at(0));
      });
      const cell = await one(outside(target), target.port);
      assert.equal(cell.verdict, 'probe-error');
      assert.match(cell.reason ?? '', /started anew/);
    });

    it('are closed by an agent that hears nothing more from its controller', async () => {
      const stream = agents.streams[0]!;
      const ended = once(stream, 'end');
      stream.write = () => true;
      await ended;
    });

    it('are not tried any more where one could not be opened', async () => {
      const tried = new Set<string>();
      const open: typeof agents.open = async ({ id }) => {
        tried.add(id);
        await once(AbortSignal.timeout(20), 'abort');
        throw new Error('nobody there');
      };
      const many = Array.from({ length: 40 }, (_, at) => ({ ...agents.at(0), id: `x/${at}` }));
      await assert.rejects(openProbes({ endpoints: many, open, timing: quick }), /nobody there/);
      assert.ok(tried.size <= 2 * onNode, `${tried.size} tried`);
    });

    it('refuse an agent that is somebody else', async () => {
      const open: typeof agents.open = (_endpoint, ...rest) => agents.open(agents.at(1), ...rest);
      await assert.rejects(
        openProbes({ endpoints: [agents.at(0)], open, timing: quick }),
        /says that it is x\/b/,
      );
    });
  });
});
