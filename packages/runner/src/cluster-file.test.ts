import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claims, NetproofError } from '@netproof/core';
import { cnis, versions } from '@netproof/images';
import { parseClusterFile } from './cluster-file.ts';
import { loadClusters, selectClusters } from './clusters.ts';
import { locatedYaml } from './located-yaml.ts';
import { kindName } from './run-folder.ts';

const clusters = join(import.meta.dirname, '../../../clusters');

const good = `apiVersion: netproof.dev/v1
kind: Cluster
metadata: { name: bridge }
spec:
  default: true
  cni: { name: bridge, version: v1.9.1, mode: static routes }
  kubernetes: ${versions.kubernetes}
  kubeProxy: iptables
  podSubnet: 10.1.0.0/16
  claims: [PodNetwork]
  install: [{ manifest: cni.yaml }]
  ready: [daemonset/kube-system/bridge-cni]
`;

/** What a `kind.yaml` says of its networking. */
const kindWith = (fields: string) => locatedYaml(`kind: Cluster\nnetworking:\n${fields}`, 'kind.yaml');

function problemsOf(text: string, beside?: Parameters<typeof parseClusterFile>[2]): string {
  try {
    parseClusterFile(text, 'cluster.yaml', beside);
  } catch (error) {
    assert(error instanceof NetproofError);
    assert.equal(error.code, 'CLUSTER_FILE');
    assert.equal(error.exit, 2);
    return error.message;
  }
  return assert.fail('the file was accepted');
}

describe('cluster.yaml', () => {
  it('is read', () => {
    const { name, spec } = parseClusterFile(good, 'cluster.yaml');
    assert.equal(name, 'bridge');
    assert.deepEqual(spec.claims, ['PodNetwork']);
  });

  it('of every cluster in this repository is valid, and of the versions that are built', async () => {
    const all = await loadClusters(clusters);
    assert(all.length > 0);
    for (const { name, spec } of all) {
      assert.equal(spec.kubernetes, versions.kubernetes, name);
      const cni = cnis.find((one) => one.name === spec.cni.name);
      assert.equal(spec.cni.version, cni?.version, name);
    }
    for (const { name } of cnis) {
      assert.equal(all.filter(({ spec }) => spec.cni.name === name && spec.default).length, 1, name);
    }
  });

  it('is selected by its name, by its CNI, or by its folder', async () => {
    const namesOf = async (wanted: Parameters<typeof selectClusters>[1]) =>
      (await selectClusters(clusters, wanted)).map(({ name }) => name);
    assert.deepEqual(await namesOf({ cnis: ['bridge', 'bridge'] }), ['bridge']);
    assert.deepEqual(await namesOf({ clusters: ['bridge'], cnis: ['nonsense'] }), ['bridge']);
    assert.deepEqual(await namesOf({ clusters: [join(clusters, 'bridge')], cnis: [] }), ['bridge']);
  });

  it('that is not there is refused, all of them at once', async () => {
    await assert.rejects(selectClusters(clusters, { cnis: ['bridge', 'x', 'y'] }), {
      code: 'NO_SUCH_CNI',
      exit: 2,
      message: /^no such CNI: x, y; there are: .*bridge/,
    });
    await assert.rejects(selectClusters(clusters, { clusters: ['x'], cnis: [] }), {
      code: 'NO_SUCH_CLUSTER',
    });
  });

  it('names all problems at once, each with its line', () => {
    const bad = good
      .replace(versions.kubernetes, 'v1.36')
      .replace('kubeProxy: iptables', 'kubeProxy: magic')
      .replace('  claims: [PodNetwork]', '  claims: []\n  colour: red')
      .replace('10.1.0.0/16', 'everything');
    const message = problemsOf(bad);
    assert.match(message, /cluster\.yaml:7: spec\.kubernetes: expected a version such as v1\.36\.3/);
    assert.match(message, /cluster\.yaml:8: spec\.kubeProxy: /);
    assert.match(message, /cluster\.yaml:9: spec\.podSubnet: /);
    assert.match(message, /cluster\.yaml:10: spec\.claims: /);
    assert.match(message, /cluster\.yaml:11: spec\.colour: no such field/);
  });

  it('claims nothing but what checks know, and is told what that is', async () => {
    const message = problemsOf(
      good.replace('[PodNetwork]', '\n    - PodNetwork\n    - HostPorts\n    - NodeAccess'),
    );
    const there = `there are: ${claims.join(', ')}`;
    assert.deepEqual(message.split('\n').slice(1), [
      `  cluster.yaml:12: spec.claims.1: there is no claim HostPorts; ${there}`,
      '  cluster.yaml:13: spec.claims.2: NodeAccess is no claim, but found out: leave it out',
    ]);
    const readme = await readFile(join(clusters, 'README.md'), 'utf8');
    const [, table = ''] = readme.split('| claim |');
    const described = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(\S+)` \|/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(described.toSorted(), claims.toSorted());
  });

  it('says the same as kind.yaml', () => {
    const both = '  kubeProxyMode: iptables\n  podSubnet: 10.1.0.0/16,fd00::/56\n';
    assert(parseClusterFile(good, 'cluster.yaml', { kind: kindWith(both) }));
    const other = kindWith('  podSubnet: 10.2.0.0/16\n  kubeProxyMode: nftables\n');
    assert.deepEqual(problemsOf(good, { kind: other }).split('\n').slice(1), [
      '  cluster.yaml:8: spec.kubeProxy: iptables, but kind.yaml:4: networking.kubeProxyMode is nftables',
      '  cluster.yaml:9: spec.podSubnet: 10.1.0.0/16, but kind.yaml:3: networking.podSubnet is 10.2.0.0/16',
    ]);
    const none = kindWith('  disableDefaultCNI: true\n');
    assert.deepEqual(problemsOf(good.replace('iptables', 'none'), { kind: none }).split('\n').slice(1), [
      '  cluster.yaml:8: spec.kubeProxy: none, but kind.yaml:2: networking.kubeProxyMode is not set, which to kind is iptables',
      '  cluster.yaml:9: spec.podSubnet: 10.1.0.0/16, but kind.yaml:2: networking.podSubnet is not set, which to kind is 10.244.0.0/16',
    ]);
  });

  it('names the Kubernetes of the nodes, whose image kind.yaml does not choose', () => {
    const kind = locatedYaml(
      'nodes:\n  - role: control-plane\n  - role: worker\n    image: kindest/node:v1.30.0\nnetworking: { podSubnet: 10.1.0.0/16 }\n',
      'kind.yaml',
    );
    assert.deepEqual(
      problemsOf(good.replace(versions.kubernetes, 'v1.35.1'), { kind }).split('\n').slice(1),
      [
        `  cluster.yaml:7: spec.kubernetes: v1.35.1, but the nodes that netproof makes are of ${versions.kubernetes}`,
        '  cluster.yaml:7: spec.kubernetes: v1.35.1, but kind.yaml:4: nodes.1.image is kindest/node:v1.30.0: take that out, netproof gives the nodes their image',
      ],
    );
    // A cluster that is there already has the version that it has.
    assert(parseClusterFile(good.replace(versions.kubernetes, 'v1.35.1'), 'cluster.yaml'));
  });

  it('has a name of which the name of a host can be made', () => {
    const named = (length: number) => good.replace('name: bridge }', `name: ${'a'.repeat(length)} }`);
    const { name } = parseClusterFile(named(33), 'cluster.yaml');
    assert.equal(`${kindName(name, '20261121-101500-3fa9c1')}-control-plane`.length, 63);
    assert.match(problemsOf(named(34)), /cluster\.yaml:3: metadata\.name: longer than 33 characters/);
  });

  it('names the parent of a missing field', () => {
    const message = problemsOf(good.replace(`  kubernetes: ${versions.kubernetes}\n`, ''));
    assert.match(message, /cluster\.yaml:4: spec\.kubernetes: /);
  });

  it('that is not YAML at all is refused with the line', () => {
    assert.match(problemsOf('a: [1\nb: 2\n'), /cluster\.yaml:\d+: /);
  });
});
