import assert from 'node:assert/strict';
import { cniOf } from './cni/index.ts';
import { chosen } from './ensure.ts';

describe('the node image', () => {
  const upstream = { id: 'sha256:1', digest: 'kindest/node@sha256:2' };
  const cnis = [cniOf('calico')];

  it('is ours where all of it is there, also beside the one of upstream', async () => {
    assert.equal(await chosen(upstream, cnis, async () => true), undefined);
  });

  for (const name of ['node-image-calico', 'image-agent', 'kind'])
    it(`is the one of upstream where ${name} is missing`, async () => {
      let asked = false;
      const isPresent = async (one: { name: string }) => {
        asked ||= one.name === name;
        return one.name !== name;
      };
      assert.equal(await chosen(upstream, cnis, isPresent), upstream);
      assert.ok(asked);
    });
});
