import { readable } from './html.ts';

/** A text on one line of GitHub's Markdown, in a table too: nothing in it is markup, a link or a line of its own. */
export function inline(text: string, most = 300): string {
  return cut(readable(text), most)
    .replace(/\s+/g, ' ')
    .replace(/\bwww\./gi, '$&\u200b')
    .replace(/[\\`*_[\]|~$:@#!]/g, '\\$&')
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A text as it is, line by line, in a fence that is longer than any in it. */
export function block(text: string, most = 2_000): string {
  const whole = cut(readable(text), most);
  const longest = Math.max(2, ...[...whole.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${whole}\n${fence}\n`;
}

export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()} …`;
}
