import { describeLookup, type Probes } from '@netproof/core';
import { verdictOf } from './expected-observed.ts';
import type { Pair } from './pairs.ts';

/** Connections in place of a sample: a rule for every tenth is met with a probability of 0.9. */
const connections = 20;

/** What came of it. */
export interface AskedAgain {
  readonly inWords: string;
  /** Whether everything was answered, by whom it may be; undefined where that is not known. */
  readonly answered?: boolean;
}

/** Asks a pair once more. */
export async function askAgain(pair: Pair, probes: Probes): Promise<AskedAgain> {
  const { source, target, port, size, sampled, question } = pair;
  if (question) {
    const lookups = await probes.resolve({
      sources: [source],
      questions: [question],
      transports: [port.protocol === 'TCP' ? 'TCP' : 'UDP'],
      nameserver: { address: target.address, port: port.port },
    });
    return {
      inWords: lookups.map(describeLookup).join('; '),
      answered: lookups.every(({ verdict }) => verdict === 'answered'),
    };
  }
  if (sampled) {
    const { verdicts, servers } = await probes.sample({ source, target, port, connections });
    const counts = [...Map.groupBy(servers, (server) => server ?? 'nobody')].map(
      ([server, all]) => `${server} ${all.length}`,
    );
    return {
      inWords: `${connections} connections: ${JSON.stringify(verdicts)}, answered by ${counts.join(', ')}`,
      answered: verdicts.connected === connections,
    };
  }
  const { cells } = await probes.matrix({ sources: [source], targets: [target], ports: [port], ...size });
  const inWords = cells.map((cell) => {
    const who = cell.server === undefined ? '' : `, by ${cell.server}, which saw ${cell.clientSeenAs}`;
    return `${verdictOf(cell)}${who}${cell.reason === undefined ? '' : `, ${cell.reason}`}`;
  });
  return { inWords: inWords.join('; '), answered: cells.every(({ verdict }) => verdict === 'connected') };
}
