export { collectEvidence, type EvidenceOrder } from './collect.ts';
export type { Evidence } from './folder.ts';
