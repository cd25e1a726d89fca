// @ts-check

/**
 * The forms in which a module names another. Statements stand at a line's start, because the formatter puts them
 * there; so text inside strings and templates, which is indented, is not taken for one.
 */
const forms = [
  /^import\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*\s+as\s+[\w$]+)?\s*from\s*(['"])(?<name>[^'"]+)\1/gm,
  /^import\s*(['"])(?<name>[^'"]+)\1/gm,
  /^export\s+(?:type\s+)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*(['"])(?<name>[^'"]+)\1/gm,
  /(?<![\w$.'"])(?:import|require)\(\s*(['"])(?<name>[^'"]+)\1/g,
  /(?<![\w$])import\.meta\.resolve\(\s*(['"])(?<name>[^'"]+)\1/g,
];

/**
 * What a source imports: statically, dynamically, as a type, or by `require`.
 *
 * @param {string} source JavaScript or TypeScript, formatted
 * @returns {{ name: string, line: number }[]} in the order of the lines
 */
export function importsOf(source) {
  return forms
    .flatMap((form) => [...source.matchAll(form)])
    .map((match) => ({ name: match.groups?.name ?? '', line: lineAt(source, match.index + match[0].length) }))
    .sort((a, b) => a.line - b.line);
}

/**
 * @param {string} text
 * @param {number} index
 */
export function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}
