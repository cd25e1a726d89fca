import assert from 'node:assert/strict';
import type { FaultContext, ObjectName } from '@netproof/core';
import egressIgnored from './policy-egress-ignored.ts';
import type { PolicySpec } from './tampered.ts';

/** What the cluster gets for a policy. */
async function applied(spec: PolicySpec): Promise<PolicySpec> {
  let given: (policy: ObjectName) => ObjectName = (policy) => policy;
  const tamper = (change: typeof given) => {
    given = change;
    return { changed: () => 0, stop: () => {} };
  };
  await egressIgnored.apply({ tampering: { tamper } } as unknown as FaultContext);
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec };
  return (given(policy) as typeof policy).spec;
}

describe('policies whose egress is ignored', () => {
  for (const policyTypes of [undefined, ['Ingress']]) {
    it(`are what they were where there is none (${policyTypes ?? 'types left out'})`, async () => {
      const spec = { podSelector: {}, ...(policyTypes && { policyTypes }), ingress: [{}] };
      assert.deepEqual(await applied(spec), spec);
    });
  }

  it('keep their ingress', async () => {
    const kept = { podSelector: {}, ingress: [{}], policyTypes: ['Ingress'] };
    assert.deepEqual(await applied({ ...kept, egress: [{}], policyTypes: ['Ingress', 'Egress'] }), kept);
    assert.deepEqual(await applied({ podSelector: {}, ingress: [{}], egress: [{}] }), kept);
  });

  it('select no pod where there is nothing else', async () => {
    const { podSelector, policyTypes } = await applied({ podSelector: {}, policyTypes: ['Egress'] });
    assert.deepEqual(
      [podSelector, policyTypes],
      [{ matchLabels: { 'netproof.dev/pod': 'none' } }, ['Ingress']],
    );
  });
});
