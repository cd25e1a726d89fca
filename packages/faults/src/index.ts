import type { Fault } from '@netproof/core';
import biasedServiceChain from './biased-service-chain.ts';
import masqueradeBetweenNodes from './masquerade-between-nodes.ts';

/** Every fault, in the order in which the kill matrix shows them. */
export const faults: readonly Fault[] = [masqueradeBetweenNodes, biasedServiceChain];
