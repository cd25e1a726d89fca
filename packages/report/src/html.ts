import { stripVTControlCharacters } from 'node:util';

/** Markup that may go into a page as it is. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in `${}`: markup as it is, text and numbers escaped, lists joined, the rest nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/**
 * Joins markup and values. Every value that is not {@link Html} is escaped, for text and quoted attributes alike. What
 * it makes of XML is XML.
 */
export function html(markup: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: markup }, ...values.map(toMarkup)));
}

/** Our own constant as markup. Never for anything that a journal says. */
export function trusted(constant: string): Html {
  return new Html(constant);
}

function toMarkup(value: Content): string {
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(toMarkup).join('');
  return value === undefined || value === false ? '' : escapeText(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML and XML 1.0 alike. */
function escapeText(text: string): string {
  return readable(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/**
 * A text without what no report may hold: colours of a terminal, because error messages quote what commands printed,
 * and other control characters, which XML 1.0 has no way to write.
 */
export function readable(text: string): string {
  return stripVTControlCharacters(text).toWellFormed().replace(unwritable, '\ufffd');
}

const unwritable = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
