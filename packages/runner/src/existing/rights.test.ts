import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, parseManifest, type Right } from '@netproof/kube';
import { lockNamespace } from './lock.ts';
import { probeSpaces } from './namespaces.ts';
import { describeRight, needRights, rightsIn } from './rights.ts';

const file = join(import.meta.dirname, '../../../../clusters/rbac.yaml');

describe('clusters/rbac.yaml', () => {
  let objects: readonly Manifest[];
  let rights: readonly Right[];
  before(async () => {
    objects = parseManifest(await readFile(file, 'utf8'), file);
    rights = rightsIn(objects);
  });

  it('binds one ClusterRole to one account', () => {
    const kinds = ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'];
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      kinds,
    );
    const [, account, role, binding] = objects as unknown as [
      Manifest,
      Manifest,
      Manifest,
      { roleRef: { name: string }; subjects: readonly object[] },
    ];
    assert.equal(binding.roleRef.name, role.metadata.name);
    const { name, namespace } = account.metadata;
    assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name, namespace }]);
  });

  it('grants no wildcard, nothing of secrets, roles and nodes, and no right twice', () => {
    const texts = rights.map(describeRight);
    assert.ok(texts.length > 30);
    assert.deepEqual([...new Set(texts)], texts);
    for (const { group, resource, verb, subresource } of rights) {
      for (const word of [group, resource, verb, subresource]) assert.ok(!word?.includes('*'));
      assert.ok(!/secret|role|certificate|token|volume|webhook/.test(resource), resource);
      assert.ok(!['escalate', 'bind', 'impersonate', 'deletecollection', 'update'].includes(verb), verb);
      if (resource === 'nodes') assert.equal(verb, 'list');
    }
  });

  it('lets just our own namespaces be changed and deleted', () => {
    for (const wanted of ['get', 'patch', 'delete']) {
      const names = rights.filter(({ resource, verb }) => resource === 'namespaces' && verb === wanted);
      assert.deepEqual(names.map(({ name }) => name).toSorted(), [...probeSpaces, lockNamespace].toSorted());
    }
  });

  it('is asked for whole, and what is missing is named at once', async () => {
    const asked: Right[] = [];
    const may = (granted: (right: Right) => boolean) => ({
      may: async (right: Right) => {
        asked.push(right);
        return granted(right);
      },
    });
    await needRights(
      may(() => true),
      file,
    );
    assert.deepEqual(asked, rights);
    const few = may(
      ({ resource, verb }) => resource !== 'leases' && !(resource === 'pods' && verb === 'create'),
    );
    await assert.rejects(needRights(few, file), {
      code: 'RIGHTS_MISSING',
      exit: 3,
      message: new RegExp(
        `, 6 of ${rights.length}:\n  create leases.coordination.k8s.io\n  list leases.coordination.k8s.io netproof-run\n(.*\n)*  create pods\n  create pods/exec$`,
      ),
      hint: /kubectl apply -f .*clusters\/rbac\.yaml/,
    });
  });
});
