import type { Fault } from '@netproof/core';
import addressKept from './address-kept.ts';
import addressOutsideRange from './address-outside-range.ts';
import affinityForgetsAfterASecond from './affinity-forgets-after-a-second.ts';
import affinityForgotten from './affinity-forgotten.ts';
import affinityUnheard from './affinity-unheard.ts';
import agentThrottled from './agent-throttled.ts';
import backendNeverChosen from './backend-never-chosen.ts';
import biasedServiceChain from './biased-service-chain.ts';
import cniAgentStopped from './cni-agent-stopped.ts';
import cniConfigInvalid from './cni-config-invalid.ts';
import cniRangeOverlap from './cni-range-overlap.ts';
import connectionsCutAtRestart from './connections-cut-at-restart.ts';
import corednsGone from './coredns-gone.ts';
import dnsServerCutOff from './dns-server-cut-off.ts';
import dnsTcpDropped from './dns-tcp-dropped.ts';
import dnsWildcard from './dns-wildcard.ts';
import dnsWrongAnswer from './dns-wrong-answer.ts';
import duplicatedAddress from './duplicated-address.ts';
import endpointLingers from './endpoint-lingers.ts';
import fragmentsDropped from './fragments-dropped.ts';
import hairpinDropped from './hairpin-dropped.ts';
import hostPortClosed from './host-port-closed.ts';
import icmpDropped from './icmp-dropped.ts';
import largePacketsDropped from './large-packets-dropped.ts';
import loopbackIntercepted from './loopback-intercepted.ts';
import masqueradeBetweenNodes from './masquerade-between-nodes.ts';
import masqueradeOnNode from './masquerade-on-node.ts';
import masqueradeToNodes from './masquerade-to-nodes.ts';
import masqueradeToServices from './masquerade-to-services.ts';
import mtuAboveLink from './mtu-above-link.ts';
import newConnectionTakenForOld from './new-connection-taken-for-old.ts';
import newPodsEgressDropped from './new-pods-egress-dropped.ts';
import newPodsUnreachable from './new-pods-unreachable.ts';
import nodeCutOffFromPods from './node-cut-off-from-pods.ts';
import nodePortClosed from './node-port-closed.ts';
import nodeRefusesPods from './node-refuses-pods.ts';
import outsideCutOff from './outside-cut-off.ts';
import packetsLost from './packets-lost.ts';
import policyEgressIgnored from './policy-egress-ignored.ts';
import policyEndPortIgnored from './policy-end-port-ignored.ts';
import policyExceptIgnored from './policy-except-ignored.ts';
import policyFlushed from './policy-flushed.ts';
import policyIgnored from './policy-ignored.ts';
import policyLapses from './policy-lapses.ts';
import policyLate from './policy-late.ts';
import policyNamespaceSelectorIgnored from './policy-namespace-selector-ignored.ts';
import policyPairLetThrough from './policy-pair-let-through.ts';
import policyTargetsDead from './policy-targets-dead.ts';
import policyUdpIgnored from './policy-udp-ignored.ts';
import proxyBehind from './proxy-behind.ts';
import releaseIgnored from './release-ignored.ts';
import restartedCutOff from './restarted-cut-off.ts';
import routeMissingOneWay from './route-missing-one-way.ts';
import shapedBetweenNodes from './shaped-between-nodes.ts';
import shapedOnNode from './shaped-on-node.ts';
import snatFromNode from './snat-from-node.ts';
import staleRoute from './stale-route.ts';
import targetPortsCrossed from './target-ports-crossed.ts';
import terminatingCutOff from './terminating-cut-off.ts';
import udpDropped from './udp-dropped.ts';
import udpDroppedOnNode from './udp-dropped-on-node.ts';
import underlayMtuTooSmall from './underlay-mtu-too-small.ts';
import vxlanDropped from './vxlan-dropped.ts';

export { leftObjects } from './api-marks.ts';
export { leftFaults } from './marks.ts';

/** Every fault, in the order in which the kill matrix shows them. */
export const faults: readonly Fault[] = [
  masqueradeBetweenNodes,
  masqueradeOnNode,
  masqueradeToNodes,
  masqueradeToServices,
  snatFromNode,
  routeMissingOneWay,
  vxlanDropped,
  udpDropped,
  udpDroppedOnNode,
  packetsLost,
  nodeRefusesPods,
  nodeCutOffFromPods,
  duplicatedAddress,
  // Most checks run under this one, and were red under the one before it; few run under those of new pods.
  addressOutsideRange,
  newPodsUnreachable,
  newPodsEgressDropped,
  restartedCutOff,
  terminatingCutOff,
  addressKept,
  releaseIgnored,
  cniAgentStopped,
  connectionsCutAtRestart,
  largePacketsDropped,
  fragmentsDropped,
  icmpDropped,
  loopbackIntercepted,
  // These change what is written down on a node; only the last one is met by traffic.
  cniConfigInvalid,
  cniRangeOverlap,
  staleRoute,
  mtuAboveLink,
  underlayMtuTooSmall,
  biasedServiceChain,
  hairpinDropped,
  backendNeverChosen,
  nodePortClosed,
  hostPortClosed,
  newConnectionTakenForOld,
  outsideCutOff,
  targetPortsCrossed,
  endpointLingers,
  proxyBehind,
  affinityForgotten,
  affinityForgetsAfterASecond,
  affinityUnheard,
  dnsWrongAnswer,
  dnsWildcard,
  dnsTcpDropped,
  dnsServerCutOff,
  corednsGone,
  // Those that show in most checks and those that show in few take turns: what was red is then seen green at once.
  policyIgnored,
  policyEndPortIgnored,
  policyEgressIgnored,
  policyExceptIgnored,
  policyPairLetThrough,
  policyUdpIgnored,
  policyTargetsDead,
  policyLate,
  policyNamespaceSelectorIgnored,
  policyFlushed,
  policyLapses,
  shapedBetweenNodes,
  shapedOnNode,
  agentThrottled,
];
