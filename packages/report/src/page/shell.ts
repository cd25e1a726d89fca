import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Html, html, trusted } from '../html.ts';

/** A part of a page that its navigation names; what has no content is left out. */
export type Section = readonly [id: string, name: string, content: Html | undefined];

interface Page {
  readonly title: string;
  readonly netproof: string;
  /** What stands above all sections. */
  readonly first: Html;
  readonly sections: readonly Section[];
  readonly footer: Html;
  /** Names of style sheets of this folder, in their order. */
  readonly styles: readonly string[];
}

/** A page that needs no network, no script and no other file. */
export function page({ title, netproof, first, sections, footer, styles }: Page): string {
  const style = styles
    .map((name) => readFileSync(new URL(`./${name}.css`, import.meta.url), 'utf8'))
    .join('');
  // It may load and run nothing but this style: a text that got past the escaping could still do nothing.
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const shown = sections.filter(([, , content]) => content !== undefined);
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="netproof ${netproof}">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header class="top"><p class="brand">netproof</p>
<nav aria-label="Sections"><ul>${shown.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main>
${first}
${shown.map(([, , content]) => content)}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`}`;
}
