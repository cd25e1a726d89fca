import assert from 'node:assert/strict';
import { describeWhere, kubectlOf, usualAgentImage } from './where.ts';

describe('a command for an existing cluster', () => {
  it('names it as its user did, in words of a shell', () => {
    const where = { kubeconfig: "/home/me/it's mine", context: 'kind-plain', as: './mine' };
    assert.equal(
      describeWhere(where, 'agent:1'),
      "--kubeconfig '/home/me/it'\\''s mine' --context kind-plain --cluster ./mine --agent-image agent:1",
    );
    assert.equal(describeWhere({ kubeconfig: '/kc' }, usualAgentImage), '--kubeconfig /kc');
    assert.equal(
      kubectlOf({ kubeconfig: '/kc', context: 'a b' }),
      "kubectl --kubeconfig /kc --context 'a b'",
    );
  });
});
