export { policy } from './policy.ts';
export { type PolicyCase, policyCheck, type Step } from './policy-check.ts';
