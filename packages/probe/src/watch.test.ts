import assert from 'node:assert/strict';
import { edgeOf, type Target, targetOf, type Watch, type WatchPlan } from '@netproof/core';
import { AgentStream } from './agent-stream.ts';
import { type Clock, clockOf, joined } from './clock.ts';
import { Openings } from './openings.ts';
import { type OpenProbes, openProbes } from './probes.ts';
import { LocalAgents, quick } from './testing/local-agents.ts';
import { type LocalTarget, udpTarget } from './testing/targets.ts';

/** A busy machine must not look like starvation. */
const timing = { ...quick, trySilence: 3_000, starvation: 1_000 };

describe('probes.watch', () => {
  let agents: LocalAgents;
  let probes: OpenProbes;

  beforeEach(async () => {
    agents = await LocalAgents.start('x/a', 'x/b');
    probes = await openProbes({
      endpoints: agents.endpoints,
      open: agents.open,
      served: [agents.port],
      timing,
    });
  });
  afterEach(async () => {
    await probes[Symbol.asyncDispose]();
    await agents[Symbol.asyncDispose]();
  });

  /** Somebody who answers as x/b does. */
  const answering = () =>
    udpTarget((reply, nonce) => reply(JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 })));
  const at = ({ address }: LocalTarget): Target => ({
    label: 'x/b',
    address,
    servers: ['x/b'],
    endpoint: agents.at(1),
  });
  const plan = (target: LocalTarget, change: Partial<WatchPlan> = {}): WatchPlan => ({
    source: agents.at(0),
    target: at(target),
    port: { protocol: 'UDP', port: target.port },
    until: 'connected',
    stable: 200,
    atMost: 20_000,
    ...change,
  });
  const nothingKnown = (watch: Watch, reason: RegExp) => {
    assert.match(watch.reason ?? '', reason);
    assert.equal(watch.settledAt, undefined);
    assert.equal(edgeOf(watch, 0).kind, 'untold');
  };

  for (const until of ['connected', 'denied'] as const) {
    it(`finds the try from which on a server was switched for good, until ${until}`, async () => {
      const heard: number[] = [];
      let accepted = 0;
      let first = Number.POSITIVE_INFINITY;
      /** After the first that meets the change, one and then two that do not. */
      const met = (count: number) => count >= first && ![3, 6, 7].includes(count - first);
      using target = await udpTarget((reply, nonce, count) => {
        heard.push(performance.now());
        // long enough after the change that none which began before it is still on its way
        if (accepted > 0) first = Math.min(first, count + 20);
        if (met(count) === (until === 'connected'))
          reply(JSON.stringify({ nonce, id: 'x/b', client: '::', port: 1 }));
      });
      const change = Promise.withResolvers<number>();
      const begun = () => {
        accepted = performance.now();
        change.resolve(accepted);
      };
      const watch = await probes.watch(plan(target, { until, begun, accepted: change.promise }));
      const { tries, clockUncertainty, settledAt, acceptedAt, reason } = watch;
      assert.deepEqual([reason, acceptedAt], [undefined, accepted]);
      const [before, after] = until === 'connected' ? ['dropped', until] : ['connected', 'dropped'];
      for (const [index, { at, verdict }] of tries.entries()) {
        assert.equal(verdict, met(index + 1) ? after : before, `try ${index + 1}`);
        assert.ok(at <= heard[index]! + clockUncertainty);
      }
      const last = tries.findIndex((_, index) => index + 1 === first + 8);
      assert.equal(settledAt, tries[last]!.at);
      assert.deepEqual(edgeOf(watch, accepted), {
        kind: until === 'connected' ? 'allow' : 'deny',
        ms: settledAt! - accepted,
        flaps: 2,
        leaked: 3,
        resolution: settledAt! - tries[last - 1]!.at + clockUncertainty,
      });
    });
  }

  it('knows nothing where an agent had no CPU, though all that it made was answered', async () => {
    using target = await answering();
    const begun = () => {
      const start = performance.now();
      while (performance.now() - start < timing.starvation + 100);
    };
    const watch = await probes.watch(plan(target, { begun }));
    nothingKnown(watch, /^starved$/);
    assert.ok(watch.tries.every(({ verdict }) => verdict === 'connected') && watch.stalls > 0);
  });

  it('takes no denial for one where the server is dead', async () => {
    const begun = () => agents.deafen('x/b');
    const port = { protocol: 'TCP', port: agents.port } as const;
    const target = targetOf(agents.at(1));
    const watch = await probes.watch({ ...plan({} as LocalTarget), target, port, until: 'denied', begun });
    nothingKnown(watch, /^control failed at the server: x\/b/);
    // what was answered stays seen; what was not is not known
    assert.deepEqual(
      new Set(watch.tries.map(({ verdict }) => verdict)),
      new Set(['connected', 'probe-error']),
    );
  });

  it('never settles on the answer of somebody else', async () => {
    const target = { label: 'x/b', address: agents.at(0).ip, servers: ['x/b'] };
    const port = { protocol: 'TCP', port: agents.port } as const;
    const watch = await probes.watch({ ...plan({} as LocalTarget), target, port, atMost: 400 });
    assert.deepEqual([watch.reason, watch.settledAt], [undefined, undefined]);
    assert.ok(watch.tries.every(({ verdict }) => verdict === 'wrong-peer'));
  });

  it('goes on while its stream is lost and returns', async () => {
    using target = await answering();
    const watch = await probes.watch(plan(target, { begun: () => agents.streams[0]?.destroy() }));
    assert.equal(watch.reason, undefined);
    assert.equal(watch.settledAt, watch.tries[0]?.at);
    assert.equal(probes.streamsOpened, 3);
  });

  it('says that it has begun also where it cannot, and knows nothing then', async () => {
    using target = await answering();
    let told = 0;
    const begun = () => {
      told += 1;
    };
    const accepted = Promise.reject(new Error('refused'));
    const stranger = { ...agents.at(0), id: 'z/z' };
    const watch = await probes.watch(plan(target, { source: stranger, begun, accepted }));
    nothingKnown(watch, /^no agent runs at z\/z$/);
    assert.equal(watch.acceptedAt, undefined);
    await probes[Symbol.asyncDispose]();
    nothingKnown(await probes.watch(plan(target, { begun })), /^x\/a: the control stream was closed$/);
    assert.equal(told, 2);
  });
});

describe('clockOf', () => {
  it('is as far off as it says at most', async () => {
    await using agents = await LocalAgents.start('x/a');
    const stream = new AgentStream(agents.at(0), {
      open: agents.open,
      openings: new Openings(),
      timing: quick,
      onStream: () => {},
    });
    await stream.start();
    const clock = await clockOf(stream);
    // the agent runs in this process, so it has our clock
    assert.ok(typeof clock !== 'string' && Math.abs(clock.ahead) <= clock.uncertainty);
    stream.close();
    assert.equal(await clockOf(stream), 'x/a: the control stream was closed');
  });
});

describe('joined', () => {
  const clock = (ahead: number, uncertainty: number): Clock => ({ ahead, uncertainty, boot: 'one' });

  it('is the sharper of two readings that can both be true', () => {
    assert.deepEqual(joined(clock(10, 3), clock(11, 1)), clock(11, 1));
    assert.deepEqual(joined(clock(11, 1), clock(10, 3)), clock(11, 1));
  });

  it('is all between two readings that cannot: the clocks went apart', () => {
    assert.deepEqual(joined(clock(10, 1), clock(14, 2)), clock(12.5, 3.5));
  });
});
