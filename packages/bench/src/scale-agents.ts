import { simulateAgents } from '@netproof/probe/testing';

// The process of the simulated agents: apart from the controller, whose CPU and memory are measured.
await simulateAgents(process.argv[2] ?? '');
process.once('disconnect', () => process.exit());
process.send?.('listening');
