import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, type Coverage, targetOf } from '@netproof/core';
import { roundsAtOnce, sampledRounds } from '../coverage.ts';
import { openProbes } from '../probes.ts';
import { isBroken, simulateAgents, simulatedEndpoint, toSimulated } from './simulated-agents.ts';

describe('simulated agents', () => {
  const endpoints = Array.from({ length: 150 }, (_, index) => simulatedEndpoint(index));
  const ports = [{ protocol: 'TCP', port: 8080 }] as const;
  const plan = { sources: endpoints, targets: endpoints.map(targetOf), ports };
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-simulated-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Every turn of a matrix. */
  async function asked(coverage: Coverage): Promise<readonly (readonly Cell[])[]> {
    const socket = join(folder, 'agents.sock');
    using _ = await simulateAgents(socket);
    await using probes = await openProbes({ endpoints, open: toSimulated(socket), coverage, seed: 'r1' });
    // Awaited here: a promise that is returned would be waited for after the streams are closed.
    return await Array.fromAsync(probes.turns(plan));
  }

  it('drop what is broken between two of them and answer all else, turn by turn', async () => {
    const turns = await asked('nodes');
    assert.equal(turns.length, Math.ceil(endpoints.length / roundsAtOnce));
    const cells = turns.flat();
    assert.equal(cells.length, endpoints.length ** 2);
    const wrong = cells.filter(({ source, target: { endpoint }, verdict }) => {
      const broken = endpoint !== undefined && source !== endpoint && isBroken(source, endpoint);
      return verdict !== (broken ? 'dropped' : 'connected');
    });
    assert.equal(wrong.length, 0);
    assert.ok(cells.some(({ verdict }) => verdict === 'dropped'));
  });

  it('are asked as many times by a sample as it has rounds', async () => {
    const cells = (await asked('sample')).flat();
    const asks = Map.groupBy(cells, ({ source }) => source.id);
    const answers = Map.groupBy(cells, ({ target }) => target.label);
    for (const some of [...asks.values(), ...answers.values()]) assert.equal(some.length, sampledRounds);
    assert.deepEqual([asks.size, answers.size], [endpoints.length, endpoints.length]);
  });
});
