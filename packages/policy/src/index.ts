export { compareTable, type Disagreement, type Observed, type TableComparison } from './compare.ts';
export { explainDecision } from './explain.ts';
export type { Via } from './left-open.ts';
export {
  type IPBlock,
  type LabelSelector,
  type NetworkPolicy,
  type Peer,
  type PolicyPort,
  type PolicyProtocol,
  policyProtocols,
} from './network-policy.ts';
export { type Oracle, oracle, type Question } from './oracle.ts';
export type { ServedPort } from './port.ts';
export { drawTable, type TruthCell, type TruthTable } from './table.ts';
export {
  type Decision,
  type PolicyVerdict,
  policyVerdicts,
  type Reading,
  type RuleReading,
} from './verdict.ts';
export type { Address, NamedPort, Namespace, Pod, PolicyEndpoint, World } from './world.ts';
