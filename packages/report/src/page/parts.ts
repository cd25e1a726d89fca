import { type Content, type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { isBaseline } from '../outcome.ts';
import { type Sign, signs } from '../words.ts';

/** A result as a small label: sign, word and tone. */
export function badge(result: keyof typeof signs): Html {
  const { tone, glyph, word }: Sign = signs[result];
  return html`<span class="badge ${tone}"><span aria-hidden="true">${glyph}</span> ${word}</span>`;
}

/** A list of terms and what they are; those without a value are left out. */
export function facts(entries: readonly (readonly [string, Content])[]): Html {
  const given = entries.filter(([, value]) => value !== undefined && value !== false && value !== '');
  return html`<dl class="facts">${given.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What a column holds decides how it is set: figures stand to the right, names in the fixed font. */
export type Column = readonly [heading: Content, kind?: 'text' | 'figure' | 'name' | 'bar'];

/**
 * A table that scrolls by itself where it is too wide. The first cell of each row is its heading.
 * @param label what the table shows, for those who do not see its place on the page
 */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
): Html {
  const classOf = (at: number) => columns[at]?.[1] ?? 'text';
  return scrolling(
    label,
    html`<table aria-label="${label}"><thead><tr>${columns.map(([heading], at) => html`<th scope="col" class="${classOf(at)}">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
      (row) => html`<tr>${row.map((cell, at) =>
        at === 0
          ? html`<th scope="row" class="${classOf(at)}">${cell}</th>`
          : html`<td class="${classOf(at)}">${cell}</td>`,
      )}</tr>
`,
    )}</tbody></table>`,
  );
}

/** Wide content that scrolls inside its own box and can be reached with the keyboard. */
export function scrolling(label: string, content: Html): Html {
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${content}</div>`;
}

/** A bar of `part` of the whole width, 0 to 1. An image, because the page's own policy forbids inline styles. */
export function bar(part: number): Html {
  const width = Math.max(0, Math.min(1, part)) * 100;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="value" width="${width.toFixed(2)}" height="10"/></svg>`;
}

/** A link where the text is an address of the web, else the text: a journal may hold `javascript:`. */
export function citation(source: string): Html {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return html`${source}`;
  return html`<a href="${url.href}" rel="noreferrer">${breakable(source.replace(/^https?:\/\//, ''))}</a>`;
}

/** A path or an address that may be broken after each slash. */
export function breakable(path: string): Html {
  return html`${path.split('/').map((part, at) => [at > 0 && html`/<wbr>`, part])}`;
}

/** Names, each in the fixed font, on one line each. */
export function names(all: readonly string[]): Html | undefined {
  return all.length === 0
    ? undefined
    : html`<ul class="names">${all.map((name) => html`<li>${name}</li>`)}</ul>`;
}

/**
 * Shows nodes without what all their names begin with, up to a hyphen: kind's nodes are called after their cluster.
 * The whole name stands in the tooltip.
 */
export function shortNames(all: readonly string[]): (node: string) => Html {
  const prefix = sharedPrefix(all);
  return (node) =>
    html`<span title="${node}">${node.startsWith(prefix) ? node.slice(prefix.length) : node}</span>`;
}

/** A text with the short names of a cluster's nodes in it. */
export function shorten(text: string, cluster: Pick<ClusterFacts, 'nodes'> | undefined): string {
  const prefix = sharedPrefix(cluster?.nodes.map(({ name }) => name) ?? []);
  return prefix === '' ? text : text.replaceAll(prefix, '');
}

function sharedPrefix(all: readonly string[]): string {
  const [first = '', ...rest] = new Set(all.filter((name) => name !== ''));
  const differs = [...first].findIndex((letter, at) => rest.some((name) => name[at] !== letter));
  const shared = first.slice(0, differs === -1 ? first.length : differs);
  return rest.length === 0 ? '' : shared.slice(0, shared.lastIndexOf('-') + 1);
}

/** The fragment of a check's place on the page: its id, which never changes its meaning, then where, then under what. */
export function anchor(check: string, cluster?: string, outcome: Pick<Outcome, 'fault'> = {}): string {
  const parts = [check, cluster, isBaseline(outcome) ? undefined : outcome.fault];
  const name = parts.filter((part) => part !== undefined).join('@');
  return encodeURI(name.toWellFormed()).replaceAll('#', '%23');
}
