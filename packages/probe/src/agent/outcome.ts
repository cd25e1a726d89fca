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
    return { kind: 'answered', server: `stranger (${printable(text.slice(0, 40))})`, client: '', local };
  }
  const { id: server, port, client } = answer;
  return { kind: 'answered', server, port, client, local };
}

function parse(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Anybody may answer there, and what an answer says of itself goes into reports and to terminals. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { nonce, id, port, client } = value as Partial<Record<string, unknown>>;
  return typeof nonce === 'string' && isPlain(id) && typeof port === 'number' && isPlain(client);
}

/** As ids of endpoints and addresses are: visible ASCII, and no longer than a pod's name with its namespace. */
const isPlain = (value: unknown) => typeof value === 'string' && /^[!-~]{1,320}$/.test(value);

/** Without control characters, which a terminal would obey. */
const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, '·');
