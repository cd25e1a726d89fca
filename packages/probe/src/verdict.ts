import type { Cell, Target, Verdict } from '@netproof/core';
import type { Attempt } from './agent/wire.ts';

type Judged = Pick<
  Cell,
  'verdict' | 'attempts' | 'answered' | 'ms' | 'server' | 'clientSeenAs' | 'clientAddress' | 'reason'
>;

/** Who may answer, and at which of its ports. */
export type Answering = Pick<Target, 'servers' | 'serverPort'>;

/**
 * What a probe's attempts come to. `dropped` is still to be proved by positive controls.
 *
 * An answer by somebody else outweighs all, and an attempt that we could not make leaves nothing known.
 * One silent attempt is a loss even where others were answered.
 */
export function verdictOf(attempts: readonly Attempt[], { servers, serverPort }: Answering): Judged {
  const answers = attempts.filter((attempt) => attempt.kind === 'answered');
  const elsewhere = ({ port }: { readonly port?: number }) => serverPort !== undefined && port !== serverPort;
  const wrong = answers.find((answer) => !servers.includes(answer.server) || elsewhere(answer));
  const failed = attempts.find((attempt) => attempt.kind === 'error');
  const shown = wrong ?? answers[0];
  const first = attempts[0];
  return {
    verdict: wrong ? 'wrong-peer' : kindOf(attempts),
    attempts: attempts.length,
    answered: answers.length,
    ...(first?.kind === 'answered' ? { ms: first.ms } : {}),
    ...(shown && {
      server:
        elsewhere(shown) && servers.includes(shown.server)
          ? `${shown.server} at its port ${shown.port}`
          : shown.server,
      ...addresses(wrong ? [wrong] : answers),
    }),
    ...(failed === undefined || wrong ? {} : { reason: failed.reason }),
  };
}

/** All addresses of the client that were seen: one that only a second attempt shows is rewritten all the same. */
function addresses(answers: readonly { readonly client: string; readonly local: string }[]) {
  const all = (some: readonly string[]) => [...new Set(some)].join(' and ');
  return {
    clientSeenAs: all(answers.map(({ client }) => client)),
    clientAddress: all(answers.map(({ local }) => local)),
  };
}

function kindOf(attempts: readonly Attempt[]): Verdict {
  const kinds = new Set(attempts.map(({ kind }) => kind));
  if (kinds.has('error') || kinds.size === 0) return 'probe-error';
  if (kinds.has('silent')) return 'dropped';
  const [other] = attempts.map(({ kind }) => kind).filter((kind) => kind !== 'answered');
  if (other === 'refused' || other === 'unreachable' || other === 'reset') return other;
  return 'connected';
}
