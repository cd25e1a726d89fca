import assert from 'node:assert/strict';
import { type Cell, type Endpoint, type MatrixPlan, targetOf, type Verdict } from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { enforcesPolicies } from './policy-probe.ts';

const endpoint = (id: string): Endpoint => ({ kind: 'pod', id, node: 'n', ip: `ip of ${id}`, labels: {} });
const endpoints = ['x/a', 'x/b', 'y/a'].map(endpoint);

interface Engine {
  /** What a pair comes to while these policies are there; everything is connected without it. */
  readonly verdict?: (target: string, policies: readonly Manifest[], sample: number) => Verdict;
  readonly stays?: boolean;
}

function clusterWith({ verdict = () => 'connected', stays = false }: Engine) {
  let policies: readonly Manifest[] = [];
  let sample = 0;
  const seen: Manifest[] = [];
  const kube = {
    async apply(objects: readonly Manifest[]) {
      seen.push(...objects);
      policies = objects;
    },
    async remove() {
      policies = [];
      return stays ? ['NetworkPolicy'] : [];
    },
  };
  const probes = {
    endpoints,
    async matrix({ sources, targets, pairs = () => true }: MatrixPlan) {
      sample += 1;
      const cells = sources.flatMap((source) =>
        targets
          .filter((target) => pairs(source, target))
          .map((target): Cell => {
            const one = verdict(target.label, policies, sample);
            const answered = one === 'connected' ? 1 : 0;
            const port = { protocol: 'TCP', port: 8080 } as const;
            return { source, target: targetOf(target.endpoint!), port, verdict: one, attempts: 1, answered };
          }),
      );
      await new Promise((resolve) => setTimeout(resolve, 2));
      return { cells, ms: 1 };
    },
  };
  const ask = (bound = 400) => enforcesPolicies(kube, probes, { run: 'r1', bound });
  return { ask, seen, left: () => policies };
}

const selects = (target: string, policies: readonly Manifest[]) =>
  policies.some(
    ({ metadata, spec }) =>
      `${metadata.namespace}/${Object.values((spec as { podSelector: { matchLabels: object } }).podSelector.matchLabels)}` ===
      `netproof-${target}`,
  );
const enforcing = (target: string, policies: readonly Manifest[]): Verdict =>
  selects(target, policies) ? 'dropped' : 'connected';

describe('probing whether policies are enforced', () => {
  it('finds that they are where the pod that is denied falls silent alone', async () => {
    const { ask, seen, left } = clusterWith({ verdict: enforcing });
    assert.equal((await ask()).enforced, true);
    assert.equal(seen.length, 1);
    const [{ spec } = {}] = seen as readonly { spec?: unknown }[];
    assert.deepEqual((spec as { policyTypes: string[] }).policyTypes, ['Ingress']);
    assert.deepEqual(left(), []);
  });

  it('finds so where it takes a while, and not where nothing changes for as long as the bound', async () => {
    const late = clusterWith({
      verdict: (target, policies, sample) => (sample > 5 ? enforcing(target, policies) : 'connected'),
    });
    assert.equal((await late.ask(2_000)).enforced, true);
    const none = clusterWith({});
    const { enforced, why } = await none.ask();
    assert.equal(enforced, false);
    assert.match(why, /answered for .* under a policy/);
    assert.deepEqual(none.left(), []);
  });

  it('knows nothing where no pod reaches two others', async () => {
    const { ask, seen } = clusterWith({ verdict: () => 'dropped' });
    assert.equal((await ask()).enforced, undefined);
    assert.deepEqual(seen, []);
  });

  for (const [what, [engine, why]] of Object.entries({
    'the pod that is not denied falls silent too': [
      { verdict: (_, policies) => (policies.length > 0 ? 'dropped' : 'connected') },
      /x\/b.*: dropped, though no policy selects it/,
    ],
    'the agents say nothing': [
      { verdict: (_, policies) => (policies.length > 0 ? 'probe-error' : 'connected') },
      /: probe-error$/,
    ],
  } satisfies Record<string, [Engine, RegExp]>)) {
    it(`knows nothing where ${what}, and leaves no policy`, async () => {
      const { ask, left } = clusterWith(engine as Engine);
      const seen = await ask();
      assert.equal(seen.enforced, undefined);
      assert.match(seen.why, why);
      assert.deepEqual(left(), []);
    });
  }

  for (const [what, engine] of Object.entries({
    'the policy outlives its deletion': { verdict: enforcing, stays: true },
    'its pod stays silent after it': {
      verdict: (target, _, sample) => (target === 'x/a' && sample > 1 ? 'dropped' : 'connected'),
    },
  } satisfies Record<string, Engine>)) {
    it(`is an error where ${what}, and leaves no policy`, async () => {
      const { ask, left } = clusterWith(engine as Engine);
      await assert.rejects(ask(), { code: 'POLICY_UNDECIDED', exit: 3 });
      assert.deepEqual(left(), []);
    });
  }
});
