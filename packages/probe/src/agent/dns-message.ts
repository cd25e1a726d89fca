import { randomInt } from 'node:crypto';
import type { DnsRecord, Question } from '@netproof/core';
import packet from 'dns-packet';
import type { LookupOutcome } from './wire.ts';

/** One message to a nameserver. */
export interface Query {
  readonly id: number;
  /** With a dot at its end. */
  readonly name: string;
  readonly type: Question['type'];
  /** As it goes into a datagram; over TCP its length goes before it (RFC 1035, 4.2.2). */
  readonly message: Buffer;
}

export function queryOf(name: string, type: Question['type']): Query {
  const id = randomInt(0x10000);
  const questions = [{ name, type, class: 'IN' }] as const;
  const message = packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [...questions],
  });
  return { id, name, type, message };
}

/** Reads a message as the answer to a query; undefined where it is none: of another id or question, or no DNS at all. */
export function answerTo(query: Query, message: Buffer): LookupOutcome | undefined {
  const answer = decoded(message);
  const [question] = answer?.questions ?? [];
  if (answer?.type !== 'response' || answer.id !== query.id || question === undefined) return undefined;
  if (question.type !== query.type || !sameName(question.name, query.name)) return undefined;
  return {
    kind: 'answered',
    // @types/dns-packet leaves them out of a decoded message
    rcode: (answer as { rcode?: string }).rcode ?? '',
    truncated: answer.flag_tc,
    records: (answer.answers ?? []).flatMap(recordOf),
  };
}

function decoded(message: Buffer): packet.DecodedPacket | undefined {
  try {
    return packet.decode(message);
  } catch {
    return undefined;
  }
}

function recordOf(answer: packet.Answer): DnsRecord[] {
  if (!('data' in answer)) return [];
  const { name, type, data } = answer;
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  return [{ name: `${name}.`, type, ttl, data: typeof data === 'string' ? data : JSON.stringify(data) }];
}

function sameName(one: string, other: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
  return plain(one) === plain(other);
}
