import assert from 'node:assert/strict';

/** An element with its attributes and its text, as a reader of XML sees them. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};

/** Reads the XML that reports are written in; fails on anything that is none. No comments, no CDATA, no namespaces. */
export function readXml(source: string): Element {
  assert.doesNotMatch(
    source,
    /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u,
    'a character that XML has not',
  );
  const [declaration = ''] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(source) ?? [];
  assert.notEqual(declaration, '');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [whole, text = '', tag] of source.slice(declaration.length).matchAll(/([^<]*)(<[^<>]*>|$)/g)) {
    if (whole === '') continue;
    open.at(-1)!.text += decoded(text);
    if (!tag) continue;
    const parts = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"]*")*)(\/?)>$/.exec(tag);
    assert.ok(parts, `not a tag: ${tag}`);
    const [, closing, name = '', attributes = '', empty] = parts;
    if (closing) {
      assert.equal(open.pop()?.name, name);
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)];
    const element: Element = {
      name,
      attributes: Object.fromEntries(pairs.map(([, key, value = '']) => [key, decoded(value)])),
      children: [],
      text: '',
    };
    assert.equal(Object.keys(element.attributes).length, pairs.length, 'each attribute once');
    open.at(-1)!.children.push(element);
    if (!empty) open.push(element);
  }
  assert.deepEqual(
    open.map(({ name }) => name),
    [''],
    'every element is closed',
  );
  assert.equal(root.text.trim(), '');
  assert.equal(root.children.length, 1);
  return root.children[0]!;
}

function decoded(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = entities[name];
    assert.ok(character !== undefined && whole.endsWith(';'), `no entity: ${whole}`);
    return character;
  });
}
