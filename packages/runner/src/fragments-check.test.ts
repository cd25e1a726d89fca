import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type Cell, type Endpoint, Judge, type Probes, resultOf, type Verdict } from '@netproof/core';
import { faults } from '@netproof/faults';
import { loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);
const check = all.find(({ id }) => id === 'pod-network/fragments/every-pair') ?? assert.fail();

const pods = ['x/a', 'x/b'].map(
  (id, at): Endpoint => ({ kind: 'pod', id, node: 'node', ip: `10.1.0.${at + 2}`, labels: {} }),
);

interface Network {
  readonly mtu?: number;
  /** What the kernel of the first pod does with a datagram that it says is too large: cuts it into so many, or none. */
  readonly into?: number;
  readonly verdict?: Verdict;
  readonly reason?: string;
}

/** Two pods, of which each asks the other. */
async function judged({ mtu = 1_450, into = 2, verdict = 'connected', reason }: Network) {
  const judge = new Judge();
  const sizes: number[] = [];
  const packets: Probes['packets'] = async (endpoints) =>
    endpoints.map((endpoint, at) => ({
      ...{ endpoint, mtu, ...(reason !== undefined && { reason }) },
      // A question and an answer of each; the second pod always cuts.
      fragments: 70 + sizes.length * 2 * (at === 0 ? into : 2),
    }));
  const matrix: Probes['matrix'] = async ({ sources, targets, ports: [port], pairs, padding = 0 }) => {
    sizes.push(padding);
    const cells = sources.flatMap((source) =>
      targets
        .filter((target) => pairs?.(source, target))
        .map(
          (target): Cell => ({
            ...{ source, target, port: port!, verdict, attempts: 1 },
            answered: Number(verdict === 'connected'),
          }),
        ),
    );
    return { cells, ms: 1 };
  };
  await check.run({ ...contextWith({ endpoints: pods, packets, matrix }), judge });
  const said = judge.judgement.findings.map(({ message }) => message).join('; ');
  return { result: resultOf(judge.judgement), said, padding: sizes[0] };
}

describe('the check of fragments', () => {
  it('sends datagrams that are larger than any packet, on jumbo frames too', async () => {
    assert.deepEqual(await judged({}), { result: 'pass', said: '', padding: 2_450 });
    assert.equal((await judged({ mtu: 9_001 })).padding, 10_001);
    // No datagram is larger than this.
    assert.ok(((await judged({ mtu: 65_535 })).padding ?? 0) < 65_507);
  });

  it('proves nothing where a pod made no fragments of what was answered', async () => {
    const { result, said } = await judged({ into: 0 });
    assert.deepEqual(
      [result, said],
      ['error', 'x/a on node made 0 fragments of 2 datagrams that were answered'],
    );
  });

  it('is red where they do not arrive, and wants no fragments of what was not answered', async () => {
    const { result, said } = await judged({ verdict: 'dropped', into: 0 });
    assert.equal(result, 'fail');
    assert.doesNotMatch(said, /fragments/);
  });

  it('proves nothing where the packets of a pod are not known', async () => {
    const { result, said } = await judged({ reason: 'x/a: no word' });
    assert.equal(result, 'error');
    assert.match(said, /of the packets of x\/a on node nothing is known: x\/a: no word/);
  });
});
