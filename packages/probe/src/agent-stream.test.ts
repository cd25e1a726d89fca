import assert from 'node:assert/strict';
import type { Endpoint } from '@netproof/core';
import type { Order, Report } from './agent/wire.ts';
import { AgentStream } from './agent-stream.ts';
import type { Open } from './link.ts';
import { Openings } from './openings.ts';
import { starved } from './reach.ts';
import { quick } from './testing/local-agents.ts';

const endpoint: Endpoint = { kind: 'pod', id: 'x/a', node: 'worker', ip: '10.1.0.2', labels: {} };
const program = { verb: 'probe', asks: [], atOnce: 1, silence: 1, nextAttempt: 1 } as const;

/** An agent that says hello and beats, answers nothing, and stands still for so long between its beats. */
const silentAgent =
  (stalled: number): Open =>
  async (_endpoint, onLine) => {
    const say = (report: Report) => onLine(JSON.stringify(report));
    return {
      write: (line) => {
        const { type }: Order = JSON.parse(line);
        if (type === 'open') queueMicrotask(() => say({ type: 'hello', id: 'x/a', boot: 'one' }));
        if (type === 'beat') say({ type: 'beat', stalled });
      },
      closed: new Promise(() => {}),
      close: () => {},
    };
  };

async function ask(stalled: number) {
  const timing = { ...quick, agentAnswer: 200 };
  const plan = { open: silentAgent(stalled), openings: new Openings(), timing, onStream: () => {} };
  const stream = new AgentStream(endpoint, plan);
  await stream.start();
  const answer = await stream.ask<'probe'>(program, 0);
  stream.close();
  return answer;
}

describe('an agent that beats and does not answer in time', () => {
  it('is starved where it says that it stood still', async () => {
    assert.deepEqual(await ask(quick.starvation + 1), { ok: false, reason: starved });
  });

  it('has failed where it did not', async () => {
    assert.deepEqual(await ask(quick.starvation), { ok: false, reason: 'x/a: no answer within 200 ms' });
  });
});
