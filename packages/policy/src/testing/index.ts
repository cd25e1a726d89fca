export { asEgress, asIngress, policiesAbout, rulesAbout, type Scope } from './generators.ts';
export { policyOf } from './policy-of.ts';
export { namespaces, pods, ports } from './three-by-three.ts';
