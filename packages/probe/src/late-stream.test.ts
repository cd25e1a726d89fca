import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Endpoint, type MatrixPlan, targetOf } from '@netproof/core';
import { type Attempt, type Order, ownServer, type Report } from './agent/wire.ts';
import type { Open } from './link.ts';
import { openProbes } from './probes.ts';
import { LocalAgents, quick } from './testing/local-agents.ts';
import { deafTarget } from './testing/targets.ts';

/** An agent that never stands still and reaches itself; whatever else it asks stays without an answer. */
const unanswered: Open = async ({ id }, onLine) => {
  const say = (report: Report) => queueMicrotask(() => onLine(JSON.stringify(report)));
  const silent: readonly Attempt[] = Array.from({ length: 3 }, () => ({ kind: 'silent', ms: quick.silence }));
  const own: Attempt = { kind: 'answered', server: id, client: '', local: '', ms: 1 };
  return {
    write: (line) => {
      const order: Order = JSON.parse(line);
      if (order.type === 'open') say({ type: 'hello', id, boot: 'one' });
      if (order.type === 'beat') say({ type: 'beat', stalled: 0 });
      if (order.type !== 'run' || order.program.verb !== 'probe') return;
      const attempts = order.program.asks.map(({ address }) => (address === ownServer ? [own] : silent));
      const never = { stalled: 0, overflowed: [0, 0] } as const;
      say({ type: 'result', id: order.id, result: { asked: 0, began: 0, attempts, ...never } });
    },
    closed: new Promise(() => {}),
    close: () => {},
  };
};

/** What a silence over TCP comes to between an agent that is there and one that has joined, whose stream is opened late. */
async function silence(
  meet: (there: Endpoint, late: Endpoint) => Pick<MatrixPlan, 'sources' | 'targets'>,
  act: { readonly port?: number; readonly before?: () => void; readonly meanwhile?: () => void },
) {
  await using agents = await LocalAgents.start('x/a', 'y/a');
  const [there, late] = [agents.at(0), agents.at(1)];
  const opening = Promise.withResolvers<void>();
  const open: Open = async (endpoint, ...rest) => {
    if (endpoint !== late) return unanswered(endpoint, ...rest);
    await opening.promise;
    return agents.open(endpoint, ...rest);
  };
  await using probes = await openProbes({ endpoints: [there], open, timing: quick });
  probes.join(late);
  act.before?.();
  await once(AbortSignal.timeout(150), 'abort'); // by then the agent has seen that it stood still
  const ports = [{ protocol: 'TCP', port: act.port ?? agents.port } as const];
  const asked = probes.matrix({ ...meet(there, late), ports });
  act.meanwhile?.();
  // Longer than what a program that begins looks back.
  await once(AbortSignal.timeout(2 * quick.silence), 'abort');
  opening.resolve();
  const [cell] = (await asked).cells;
  return cell?.reason ?? cell?.verdict;
}

const toTheLate = (there: Endpoint, late: Endpoint) => ({ sources: [there], targets: [targetOf(late)] });

function standStill() {
  const start = performance.now();
  while (performance.now() - start < quick.starvation + 20);
}

describe('a silence before a control stream was open', () => {
  it('is dropped where the agent that was asked had CPU', async () => {
    assert.equal(await silence(toTheLate, {}), 'dropped');
  });

  it('is starved where that agent stood still when it was asked', async () => {
    assert.equal(await silence(toTheLate, { meanwhile: standStill }), 'starved');
  });

  it('is dropped where that agent stood still before it was asked', async () => {
    assert.equal(await silence(toTheLate, { before: standStill }), 'dropped');
  });

  it('is dropped where an agent stood still before it could ask', async () => {
    using deaf = await deafTarget();
    const { address, port } = deaf;
    const fromTheLate = (there: Endpoint, late: Endpoint) => ({
      sources: [late],
      targets: [{ ...targetOf(there), address }],
    });
    assert.equal(await silence(fromTheLate, { port, meanwhile: standStill }), 'dropped');
  });
});
