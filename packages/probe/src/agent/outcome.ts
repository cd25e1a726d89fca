import type { Answer } from './servers.ts';
import type { Outcome } from './wire.ts';

/** What the kernel says when a router answered, or when it has itself no way or no leave (icmp(7), connect(2)). */
const noWay = new Set(['EACCES', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ENONET', 'EPERM']);

/** Reads an errno; what is not about the network is an error, of which nothing follows. */
export function outcomeOf(code: string | undefined): Outcome {
  if (code === 'ECONNREFUSED') return { kind: 'refused' };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset' };
  if (code !== undefined && noWay.has(code)) return { kind: 'unreachable' };
  return { kind: 'error', reason: code ?? 'an error without a code' };
}

/** Reads an answer. Whoever does not answer in our words, or to another question, is not one of our servers. */
export function answered(text: string, nonce: string, local: string): Outcome {
  const answer = parse(text);
  if (answer === undefined || answer.nonce !== nonce) {
    return { kind: 'answered', server: `stranger (${text.slice(0, 40)})`, client: '', local };
  }
  return { kind: 'answered', server: answer.id, client: answer.client, local };
}

function parse(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === 'object' && value !== null && 'nonce' in value && 'id' in value && 'client' in value
  );
}
