import type { Asked } from '../asked.ts';
import { number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Place } from '../places.ts';
import { type Square, squares } from '../words.ts';

/**
 * All that a check asked between two places: ✓ where it is as required, else what most of the wrong ones were, with how
 * many of how many, protocol by protocol.
 * @param placed whether right pairs are known to be right
 */
export function mapSquare(
  asked: readonly Asked[] | undefined,
  { from, to }: Place,
  placed: boolean,
  first: boolean,
): Html {
  const mark = first ? ' first' : '';
  if (asked === undefined) return html`<td${first && html` class="first"`}></td>`;
  const protocols = Map.groupBy(asked, ({ protocol }) => protocol);
  const words = [...protocols].map(([protocol, some]) => `${protocol} ${inWords(some)}`).join('; ');
  const title = `${from} → ${to}: ${words}`;
  const worst = worstOf(asked);
  if (worst === undefined) {
    return html`<td class="sq ${placed ? 'connected' : 'asked'}${mark}" title="${title}">${placed ? '✓' : '·'}</td>`;
  }
  const bad = asked.some((one) => one.bad);
  return html`<td class="sq ${bad ? 'blamed' : worst}${mark}" title="${title}"><b>${squares[worst].letter}</b>${[
    ...protocols,
  ].map(
    ([protocol, some]) =>
      some.some(isOff) &&
      html`<span${tally(some).length > 6 && html` class="long"`}>${protocol} <i>${tally(some)}</i></span>`,
  )}</td>`;
}

/** Wrong, or not known. */
export function isOff({ bad, square }: Asked): boolean {
  return bad || square === 'probe-error';
}

/** What most of the wrong ones are; what is not known where none is wrong. */
function worstOf(asked: readonly Asked[]): Square | undefined {
  const bad = asked.filter((one) => one.bad);
  const kinds = Map.groupBy(bad.length > 0 ? bad : asked.filter(isOff), ({ square }) => square);
  return [...kinds].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** `9/18`: how many are wrong, or where none is, how many told nothing. Empty where only all of them together are wrong. */
function tally(asked: readonly Asked[]): string {
  const off = sum(asked, (one) => one.wrong) || sum(asked, (one) => (one.bad ? 0 : one.unknown));
  return off === 0 ? '' : `${number(off)}/${number(sum(asked, (one) => one.asked))}`;
}

function inWords(asked: readonly Asked[]): string {
  const of = sum(asked, (one) => one.asked);
  if (!asked.some(isOff)) return `${number(of)} as required`;
  const kinds = Map.groupBy(asked.filter(isOff), ({ square }) => squares[square].words);
  return [...kinds]
    .map(
      ([words, some]) =>
        `${number(sum(some, (one) => (one.bad ? one.wrong : one.unknown) || one.asked))} of ${number(of)} ${words}`,
    )
    .join(', ');
}

function sum(asked: readonly Asked[], of: (asked: Asked) => number): number {
  return asked.reduce((total, one) => total + of(one), 0);
}
