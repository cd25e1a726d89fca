export { bounds, type Milliseconds, stimuli } from './bounds.ts';
export {
  type Check,
  type CheckContext,
  type CheckDefinition,
  check,
  feature,
  type Need,
  nodes,
  notApplicable,
  without,
} from './check.ts';
export type { Cni, CniLifecycle, RestartedAgents } from './cni.ts';
export { type Coverage, type Covered, type CoveredPart, coverages } from './coverage.ts';
export {
  type DivergenceState,
  describeDivergence,
  divergenceState,
  type RecordedDivergence,
} from './divergence.ts';
export {
  awaited,
  type Edge,
  edgeOf,
  edges,
  paceOf,
  settledAt,
  type Try,
  type TryRun,
  type TryVerdict,
  throughBefore,
  tryRuns,
  type Watch,
  type WatchPlan,
} from './edge.ts';
export {
  type AskedPort,
  type Endpoint,
  type EndpointKind,
  echo,
  moreNamespace,
  onePodPerNode,
  type Port,
  type Protocol,
  place,
  policyNodesAtMost,
  policyPods,
  portName,
  type ServedPort,
  type Target,
  type Transport,
  targetOf,
} from './endpoint.ts';
export { type ExitCode, exitCode, explain, interrupted, NetproofError, worstExit } from './error.ts';
export { everyBackend, judgeBackends } from './every-backend.ts';
export {
  type AppliedFault,
  asExpected,
  type Expectation,
  expectations,
  type Fault,
  type FaultContext,
  fault,
  leftOpen,
} from './fault.ts';
export {
  type Claim,
  claims,
  cniAgents,
  type Feature,
  hostNetworkPods,
  hostPortPods,
  icmpEcho,
  loadTool,
  newPods,
  nodeAccess,
  outsideClient,
  ownFeatures,
} from './features.ts';
export { formerAddress, nobodyThere } from './former-address.ts';
export { type Held, heldBy, heldSince } from './held.ts';
export { behindHostPort, hostPort, hostPortLabel, hostPorts } from './host-port.ts';
export type { Changed, Isolation, IsolationState, IsolationStep, Labels, Tampering } from './isolation.ts';
export {
  type JournalCell,
  type JournalEvent,
  journalEvent,
  journalSchema,
  type NewEvent,
  type Provenance,
  type Shard,
} from './journal.ts';
export {
  describe,
  type Finding,
  Judge,
  type Judgement,
  pair,
  type Requirement,
  type ShownCell,
  type ShownLookup,
  type Statistic,
} from './judge.ts';
export {
  type Arm,
  arms,
  type Block,
  type Comparison,
  type Connections,
  connections,
  enoughLost,
  type Guard,
  judgeLatency,
  type LatencyPlan,
  type Load,
  latencyTable,
  type Microseconds,
  mustFind,
  type Quantiles,
  type Ratio,
  type Route,
} from './latency.ts';
export {
  type AnswerRequirement,
  type DnsRecord,
  describeLookup,
  exactly,
  type Lookup,
  type LookupVerdict,
  lookupsTable,
  lookupVerdicts,
  noSuchName,
  type Question,
} from './lookup.ts';
export { describeMove, type Metric, type Move, movesOf, type Shift } from './metric.ts';
export { namedPortsOf, policyPorts } from './named-ports.ts';
export { inEveryNetns, netnsHeading, netnsOf, podDevice, within } from './netns.ts';
export { type AskedPod, newPodOnEachNode } from './new-pod-on-each-node.ts';
export { ownAddress } from './own-address.ts';
export { outsidePodCIDR } from './pod-cidr.ts';
export type { PodLifecycle, PodMoment, Pods, StartedPod } from './pods.ts';
export type {
  Cluster,
  CommandOutput,
  KeepPlan,
  Kept,
  MatrixPlan,
  NodeFacts,
  Nodes,
  ObjectName,
  Objects,
  Observation,
  Packets,
  Probes,
  ResolvePlan,
  SamplePlan,
  ServiceFacts,
  ServiceObject,
  Settled,
} from './ports.ts';
export {
  type CheckResult,
  type Counted,
  exitOf,
  type Result,
  resultOf,
  results,
  type Totals,
  totals,
} from './result.ts';
export { allEnded, runAll, runOnEach } from './run-all.ts';
export { cleaned, withoutSecrets } from './secrets.ts';
export { clusterPorts, nodePorts } from './service-addresses.ts';
export { settle } from './settle.ts';
export { countsOf } from './shares.ts';
export { together } from './together.ts';
export { type Cell, type Sample, type Table, type Verdict, verdicts } from './verdict.ts';
