import assert from 'node:assert/strict';
import {
  type Cluster,
  type Feature,
  feature,
  hostNetworkPods,
  hostPortPods,
  icmpEcho,
  nodeAccess,
  notApplicable,
  outsideClient,
} from '@netproof/core';
import type { ClusterFolder } from '../clusters.ts';
import { claimedAt, wantsHostPorts } from './claims.ts';

const without = { hostNetwork: false, hostPort: false };
const admitted = { without, refused: {} };
const unwanted = { ...admitted, without: { ...without, hostPort: true } };
const nothing = { isToEnforce: false, admitted: unwanted, tools: {}, proxy: 'iptables' };
const calico = {
  name: 'calico-vxlan',
  spec: { claims: ['PodNetwork', 'Services', 'NetworkPolicy', 'HostPort', 'pods/iptables', 'pods/vxlan'] },
} as unknown as ClusterFolder;
const enforced = { enforced: true, why: 'x/b fell silent' };
const ofProbes = ['NewPods', 'HostNetworkPods', 'HostPortPods', 'IcmpEcho', 'LoadTool'];
const withoutHostPorts = ofProbes.filter((name) => name !== hostPortPods);

describe('what an existing cluster is judged by', () => {
  const why = (known: Parameters<typeof claimedAt>[0], name: Feature) =>
    notApplicable([feature(name)], claimedAt(known) as unknown as Cluster, 3);

  it('is what every cluster promises, and what was found out', () => {
    const { claims } = claimedAt({ ...nothing, policy: enforced });
    assert.deepEqual(claims, [
      'PodNetwork',
      'Services',
      'NetworkPolicy',
      'kube-proxy/iptables',
      ...withoutHostPorts,
    ]);
    const open = { enforced: false, why: 'x/b answered' };
    assert.ok(!claimedAt({ ...nothing, policy: open }).claims.includes('NetworkPolicy'));
    // Whose CNI enforces policies, and is seen not to, has an engine that is broken.
    for (const policy of [open, { ...open, enforced: undefined }]) {
      const known = { ...nothing, isToEnforce: true, policy };
      assert.ok(claimedAt(known).claims.includes('NetworkPolicy'));
      assert.equal(claimedAt(known).lacks.NetworkPolicy, undefined);
    }
  });

  it('is what a cluster.yaml claims, but for what takes access to nodes', () => {
    const policy = { enforced: false, why: 'x/b answered' };
    const { claims } = claimedAt({ ...nothing, admitted, as: calico, proxy: 'unknown', policy });
    assert.deepEqual(claims, ['PodNetwork', 'Services', 'NetworkPolicy', 'HostPort', ...ofProbes]);
  });

  it('is no more, with the reason', () => {
    const known = { ...nothing, policy: enforced };
    assert.match(why(known, nodeAccess) ?? '', /runs nothing on the nodes/);
    assert.match(why(known, outsideClient) ?? '', /nobody outside/);
    assert.match(why(known, 'HostPort') ?? '', /nothing says whether .* HostPort; .*--cluster/);
    assert.equal(why({ ...known, as: calico }, 'HostPort'), undefined);
    assert.deepEqual([undefined, calico].map(wantsHostPorts), [false, true]);
    assert.match(why(known, hostPortPods) ?? '', /no probe has a hostPort/);
    const said = 'violates PodSecurity';
    const refused = {
      ...{ without: { hostNetwork: true, hostPort: true } },
      ...{ refused: { hostNetwork: said, hostPort: said } },
    };
    assert.match(
      why({ ...known, admitted: refused }, hostNetworkPods) ?? '',
      /no agent stands in the networks of its nodes: violates/,
    );
    assert.match(
      why({ ...known, admitted: refused }, hostPortPods) ?? '',
      /takes no pods with a hostPort: violates/,
    );
    assert.equal(
      why({ ...known, tools: { [icmpEcho]: 'the agent image has no ping' } }, icmpEcho),
      'the agent image has no ping',
    );
    const policy = { enforced: undefined, why: 'no pod reaches two others' };
    assert.match(why({ ...known, policy }, 'NetworkPolicy') ?? '', /not known: no pod reaches/);
  });
});
