import assert from 'node:assert/strict';
import type { Question } from '@netproof/core';
import { type OpenProbes, openProbes } from './probes.ts';
import { dnsTarget } from './testing/dns-target.ts';
import { LocalAgents, quick } from './testing/local-agents.ts';
import { udpTarget } from './testing/targets.ts';

const questions: readonly Question[] = ['a.', 'b.'].map((name) => ({ name, type: 'A' }));

describe('probes.resolve', () => {
  let agents: LocalAgents;
  let probes: OpenProbes;

  beforeEach(async () => {
    agents = await LocalAgents.start('x/a', 'x/b');
    probes = await openProbes({
      endpoints: agents.endpoints,
      open: agents.open,
      served: [agents.port],
      // A busy machine must not look like silence, nor like starvation.
      timing: { ...quick, silence: 5_000, starvation: 2_000 },
    });
  });
  afterEach(async () => {
    await probes[Symbol.asyncDispose]();
    await agents[Symbol.asyncDispose]();
  });

  const one = async (nameserver: { address: string; port: number }, transport: 'UDP' | 'TCP' = 'UDP') => {
    const sources = [agents.at(0)];
    const lookups = await probes.resolve({
      sources,
      questions: questions.slice(0, 1),
      transports: [transport],
      nameserver,
    });
    assert.equal(lookups.length, 1);
    return lookups[0]!;
  };

  it('asks every question from every source over every transport, once', async () => {
    using target = await dnsTarget();
    const sources = agents.endpoints;
    const { nameserver } = target;
    const lookups = await probes.resolve({ sources, questions, transports: ['UDP', 'TCP'], nameserver });
    assert.deepEqual(
      new Set(lookups.map(({ source, name, transport }) => `${source.id} ${name} ${transport}`)),
      new Set(
        ['x/a', 'x/b'].flatMap((id) => ['a.', 'b.'].flatMap((n) => [`${id} ${n} UDP`, `${id} ${n} TCP`])),
      ),
    );
    assert.equal(target.asked.length, 8);
    for (const { verdict, rcode, records } of lookups) {
      assert.deepEqual(
        [verdict, rcode, records?.map(({ data }) => data)],
        ['answered', 'NOERROR', ['10.96.0.9']],
      );
    }
  });

  it('asks again what was answered, and gives all that came of it', async () => {
    using target = await dnsTarget();
    const { nameserver } = target;
    const plan = { sources: agents.endpoints, questions, transports: ['UDP', 'TCP'], nameserver } as const;
    assert.equal((await probes.resolve({ ...plan, times: 3 })).length, 24);
    assert.equal(target.asked.length, 24);
    using deaf = await udpTarget();
    const silent = await probes.resolve({ ...plan, transports: ['UDP'], times: 3, nameserver: deaf });
    assert.deepEqual(
      silent.map(({ verdict }) => verdict),
      Array(4).fill('dropped'),
    );
  });

  it('says dropped where the server is silent and the client is alive', async () => {
    using deaf = await udpTarget();
    const { verdict, reason, ms } = await one(deaf);
    assert.deepEqual([verdict, reason, ms], ['dropped', undefined, undefined]);
  });

  it('says refused where nobody listens', async () => {
    const nameserver = { address: '127.0.78.54', port: agents.port };
    assert.equal((await one(nameserver)).verdict, 'refused');
    assert.equal((await one(nameserver, 'TCP')).verdict, 'refused');
  });

  it('knows nothing where the client does not reach itself', async () => {
    using deaf = await udpTarget();
    agents.deafen('x/a');
    const { verdict, reason } = await one(deaf);
    assert.equal(verdict, 'probe-error');
    assert.match(reason ?? '', /control failed at the client/);
  });

  it('knows nothing where the client stood still', async () => {
    using deaf = await udpTarget();
    const asking = one(deaf);
    await agents.heard('run');
    const until = performance.now() + 2_200;
    while (performance.now() < until); // the agents of this test live in this process
    const { verdict, reason } = await asking;
    assert.deepEqual([verdict, reason], ['probe-error', 'starved']);
  });

  it('knows nothing of a source without an agent', async () => {
    using target = await dnsTarget();
    const stranger = { ...agents.at(0), id: 'x/z' };
    const { nameserver } = target;
    const lookups = await probes.resolve({ sources: [stranger], questions, transports: ['UDP'], nameserver });
    assert.deepEqual(
      lookups.map(({ verdict, reason }) => [verdict, reason]),
      questions.map(() => ['probe-error', 'no agent runs at x/z']),
    );
  });
});
