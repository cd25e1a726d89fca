import assert from 'node:assert/strict';
import { type JournalEvent, journalEvent } from '@netproof/core';

/** What tests ask of a page's markup. */

/** What somebody might let a pod say. */
export const evil = `</style><script>alert(1)</script><img src=x onerror='alert(1)'>" onload="alert(1)`;
/** As many slashes, because names may break there. */
export const harmless = 'z/z/z';

/** Puts a text behind every string that a pod, the cluster or a user can choose. */
export function marked(events: readonly JournalEvent[], text: string): readonly JournalEvent[] {
  const fixed = [
    't',
    'event',
    'mode',
    'coverage',
    'kind',
    'protocol',
    'verdict',
    'result',
    'state',
    'origin',
    'expectation',
    'arm',
    'transport',
    'until',
  ];
  const mark = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return fixed.includes(key) || value === 'none' ? value : value + text;
    if (Array.isArray(value)) return value.map((item) => mark(item, key));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, inner]) => [
      key === 'servers' ? name + text : name,
      mark(inner, name),
    ]);
    return Object.fromEntries(entries);
  };
  return events.map((event) => journalEvent.parse(mark(event, '')));
}

/** The page is well-formed, loads nothing, runs nothing, and has each id once. */
export function assertInert(text: string): void {
  const tags = tagsOf(text);
  assert.deepEqual(
    tags.filter(({ name }) => ['script', 'img', 'iframe', 'link', 'object', 'embed', 'base'].includes(name)),
    [],
  );
  const attributes = new Set(tags.flatMap(({ attributes }) => attributes));
  for (const active of ['src', 'srcset', 'style', 'background', 'action', 'onclick', 'xlink:href']) {
    assert.equal(attributes.has(active), false, active);
  }
  assert.doesNotMatch(styleOf(text), /@import|url\(|@font-face/);
  assert.match(text, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/);
  assert.equal(balance(tags), '');
  const ids = idsOf(text);
  assert.equal(new Set(ids).size, ids.length, 'each id once');
}

/** What can be linked to. */
export function idsOf(text: string): readonly (string | undefined)[] {
  return [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
}

/** Every tag with its attributes; sorted, because names are ordered by what they end with. */
export function shapeOf(text: string): readonly string[] {
  return tagsOf(text)
    .map((tag) => `${tag.close}${tag.name} ${tag.attributes.join(' ')}`)
    .toSorted();
}

interface Tag {
  readonly close: '' | '/';
  readonly name: string;
  readonly attributes: readonly string[];
}

/** The text of a page's own style. */
function styleOf(text: string): string {
  return text.slice(text.indexOf('<style>'), text.indexOf('</style>'));
}

const wellFormed = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)\/?>/y;

/** Every tag outside the style. A `<` that does not begin a tag with quoted attributes is an error. */
function tagsOf(text: string): readonly Tag[] {
  const outside = text.replace(styleOf(text), '').replace('<!doctype html>', '');
  return [...outside.matchAll(/</g)].map(({ index }) => {
    wellFormed.lastIndex = index;
    const tag = wellFormed.exec(outside);
    assert.ok(tag, `not a tag: ${outside.slice(index, index + 80)}`);
    const [, close = '', name = '', attributes = ''] = tag;
    return {
      close: close === '/' ? '/' : '',
      name,
      attributes: [...attributes.matchAll(/ ([a-zA-Z-]+)(?:="[^"]*")?/g)].map(
        ([, attribute = '']) => attribute,
      ),
    };
  });
}

/** The first element that is not closed, or closed without having been opened; empty where all is well. */
function balance(tags: readonly Tag[]): string {
  const open: string[] = [];
  for (const { close, name } of tags) {
    if (['meta', 'br', 'wbr', 'col', 'rect', 'path', 'circle', 'style'].includes(name)) continue;
    if (close === '') open.push(name);
    else if (open.pop() !== name) return name;
  }
  return open.join(' ');
}
