import { isIP } from 'node:net';

/** Addresses in a row, both ends included. */
export interface Block {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The addresses of `10.1.2.0/24` or, so that its subnet is told, `10.1.2.7/24`; undefined where it is no CIDR. */
export function blockOf(cidr: string): Block | undefined {
  const [text = '', length = ''] = cidr.split('/');
  const address = addressOf(text);
  if (address === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const free = BigInt((address.family === 4 ? 32 : 128) - Number(length));
  if (free < 0n) return undefined;
  const first = (address.first >> free) << free;
  return { family: address.family, first, last: first + (1n << free) - 1n };
}

/** A block of one; undefined where the text is no address. */
export function addressOf(text: string): Block | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  const words = family === 4 ? text.split('.').map(Number) : groupsOf(text);
  const value = words.reduce((sum, word) => sum * (family === 4 ? 256n : 65_536n) + BigInt(word), 0n);
  return { family: family === 4 ? 4 : 6, first: value, last: value };
}

export function overlap(a: Block, b: Block): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function isInside(inner: Block, outer: Block): boolean {
  return inner.family === outer.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** The first and the last address of a block, as text. */
export function endsOf({ family, first, last }: Block): readonly [string, string] {
  const [bits, count, base, mark] = family === 4 ? [8n, 4, 10, '.'] : [16n, 8, 16, ':'];
  const text = (value: bigint) =>
    Array.from({ length: count }, (_, at) =>
      ((value >> (bits * BigInt(count - 1 - at))) & ((1n << bits) - 1n)).toString(base),
    ).join(mark);
  return [text(first), text(last)];
}

/** The eight groups of an IPv6 address. */
function groupsOf(text: string): readonly number[] {
  const [head = '', tail] = text.replace(/%.*/, '').split('::');
  const numbers = (part: string) => part.split(':').flatMap((word) => (word === '' ? [] : groupOf(word)));
  const [start, end] = [numbers(head), numbers(tail ?? '')];
  return [...start, ...Array.from({ length: 8 - start.length - end.length }, () => 0), ...end];
}

/** Two groups where an IPv4 address stands for them. */
function groupOf(word: string): readonly number[] {
  const [a, b, c, d] = word.split('.').map(Number);
  if (b === undefined || c === undefined || d === undefined) return [Number.parseInt(word, 16)];
  return [(a ?? 0) * 256 + b, c * 256 + d];
}
