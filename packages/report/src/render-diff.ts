import { cleaned } from '@netproof/core';
import { type Change, type Diff, diffSchema, diffSchemaId, type VersionChange } from './diff-schema.ts';
import { readable } from './html.ts';
import { abbreviated } from './page/run-facts.ts';
import { signs } from './words.ts';

/** What changed, for people on a terminal. */
export function renderDiffText(diff: Diff): string {
  const { before, after, same, versions, onlyBefore, onlyAfter, ...changes } = cleaned(diff);
  const groups = titles.map(([kind, title]) => [title, changes[kind]] as const);
  const only = (folder: string, clusters: readonly string[]) =>
    clusters.length > 0 ? [`only in ${folder}: ${clusters.join(', ')}`] : [];
  const lines = [
    `${before.folder} → ${after.folder}: ${[...groups.map(([title, some]) => `${some.length} ${title}`), `${same} the same`].join(', ')}`,
    ...groups.flatMap(([title, some]) =>
      some.length > 0 ? [`\n${title}`, ...some.flatMap(changeLines)] : [],
    ),
    ...(versions.length > 0 ? ['\nversions and claims that changed', ...versionLines(versions)] : []),
    ...(onlyBefore.length + onlyAfter.length > 0 ? [''] : []),
    ...only(before.folder, onlyBefore),
    ...only(after.folder, onlyAfter),
  ];
  // Messages quote what commands printed.
  return `${readable(lines.join('\n'))}\n`;
}

const titles = [
  ['broke', 'broke'],
  ['mended', 'mended'],
  ['new', 'new'],
  ['gone', 'gone'],
  ['otherwise', 'changed otherwise'],
] as const satisfies readonly (readonly [keyof Diff, string])[];

function changeLines({ cluster, check, before, after, message }: Change): readonly string[] {
  const { glyph } = signs[after ?? before ?? 'not-run'];
  const words = [before, after].filter((word) => word !== undefined).join(' → ');
  const fine = after === undefined || after === 'pass' || after === 'observed';
  return [
    `  ${glyph} ${check}  ${cluster}  ${words}`,
    ...(fine || message === undefined ? [] : [`      ${message}`]),
  ];
}

/** What changed in the same way on several clusters is said once. */
function versionLines(versions: readonly VersionChange[]): readonly string[] {
  const alike = Map.groupBy(
    versions,
    ({ what, before = 'none', after = 'none' }) => `${what}: ${abbreviated(before)} → ${abbreviated(after)}`,
  );
  return [...alike].map(([line, some]) => `  ${line}  (${some.map(({ cluster }) => cluster).join(', ')})`);
}

/** What changed, for machines: {@link diffSchema} as JSON. */
export function renderDiffJson(diff: Diff): string {
  const document = { $schema: diffSchemaId, apiVersion: 'netproof.dev/v1', kind: 'Diff', ...cleaned(diff) };
  return `${JSON.stringify(diffSchema.parse(document), null, 2)}\n`;
}
