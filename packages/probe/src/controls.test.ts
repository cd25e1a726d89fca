import assert from 'node:assert/strict';
import type { Endpoint, Port } from '@netproof/core';
import type { Attempt, ProbeProgram } from './agent/wire.ts';
import type { AgentStream, Answered } from './agent-stream.ts';
import { Batches, controlOf } from './batch.ts';
import { type Negative, prove } from './controls.ts';
import { type Reach, starved } from './reach.ts';
import { quick } from './testing/local-agents.ts';

const tcp = { protocol: 'TCP', port: 8080 } as const;
const [client, server] = ['x/a', 'x/b'].map(
  (id): Endpoint => ({ kind: 'pod', id, node: id, ip: '10.1.0.2', labels: {} }),
) as [Endpoint, Endpoint];
const answered = (id: string): Attempt => ({ kind: 'answered', server: id, client: '', local: '', ms: 1 });

/** What the proof says of a negative whose server answers its own controls so. */
async function doubt(
  verdict: Negative['verdict'],
  own: Attempt | string,
  stalled: number,
  port: Port = tcp,
  overflowed = () => 7,
) {
  const stream = (endpoint: Endpoint, attempt: Attempt | string) => {
    const ask = async ({ asks }: ProbeProgram): Promise<Answered<'probe'>> =>
      typeof attempt === 'string'
        ? { ok: false, reason: attempt }
        : {
            ok: true,
            boot: 'one',
            result: {
              asked: 0,
              began: 0,
              attempts: asks.map(() => [attempt]),
              stalled,
              overflowed: [overflowed(), overflowed()],
            },
          };
    return [endpoint.id, { endpoint, ask } as unknown as AgentStream] as const;
  };
  const reach: Reach = {
    streams: new Map([stream(client, answered(client.id)), stream(server, own)]),
    timing: quick,
  };
  const opening = new Batches();
  for (const endpoint of [client, server]) opening.of(endpoint).add(controlOf(port));
  const negative: Negative = { source: client, servers: [server], port, verdict };
  return (await prove([negative], opening.run(reach), reach))(negative);
}

describe('the proof of a negative', () => {
  const awake = quick.starvation;
  const asleep = quick.starvation + 1;

  it('holds where both reach themselves', async () => {
    assert.equal(await doubt('dropped', answered('x/b'), awake), undefined);
    assert.equal(await doubt('refused', answered('x/b'), asleep), undefined, 'a refusal is no silence');
  });

  it('is starved where standing still explains the silence, of the probe or of its control', async () => {
    assert.equal(await doubt('dropped', answered('x/b'), asleep), starved);
    assert.equal(await doubt('refused', { kind: 'silent', ms: 1 }, asleep), starved);
    assert.equal(await doubt('refused', starved, 0), starved);
  });

  it('is starved where datagrams came to an agent that had no room for them', async () => {
    const udp = { protocol: 'UDP', port: 8080 } as const;
    let lost = 0;
    const more = () => lost++;
    assert.equal(await doubt('dropped', answered('x/b'), awake, udp, more), starved);
    assert.equal(await doubt('dropped', answered('x/b'), awake, tcp, more), undefined, 'TCP sends again');
    assert.equal(await doubt('dropped', answered('x/b'), awake, udp), undefined, 'lost long ago');
  });

  it('fails where it explains nothing', async () => {
    assert.match(
      (await doubt('refused', { kind: 'refused', ms: 1 }, asleep)) ?? '',
      /^control failed at the server: x\/b to its own server, TCP 8080: refused/,
    );
    assert.match(
      (await doubt('dropped', { kind: 'silent', ms: 1 }, awake)) ?? '',
      /^control failed at the server/,
    );
    assert.match((await doubt('dropped', 'stream lost', awake)) ?? '', /^control failed .*: stream lost/);
  });
});
