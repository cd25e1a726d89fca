// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { importsOf, lineAt } from './imports.mjs';

/**
 * @typedef {object} Rules
 * @property {Record<string, string[]>} arrows which packages of the workspace a package may use
 * @property {Record<string, string[]>} owners which packages may use a dependency from outside
 * @property {string[]} testsOfAnyone dependencies that every package's tests may use
 * @property {string[]} builtIntoPrograms modules that come with the program that runs the file, as Node's do
 *
 * @typedef {object} Package
 * @property {string} folder below the root: `packages/kube`, `suites`
 * @property {string} manifest the text of its package.json
 * @property {{ path: string, text: string }[]} sources paths below the root
 */

const scope = '@netproof/';
const isTest = /\.test\.m?[jt]s$/;
const isSource = /\.m?[jt]s$/;
const dependencyFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/**
 * Every arrow between packages that the design does not have.
 *
 * @param {string} root of the repository
 * @returns {string[]} `file:line: what is wrong; what to do`
 */
export function breaches(root) {
  const rules = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'));
  return readWorkspace(root).flatMap((one) => breachesOf(one, rules));
}

/**
 * @param {Package} one
 * @param {Rules} rules
 * @returns {string[]}
 */
export function breachesOf(one, rules) {
  const self = posix.basename(one.folder);
  const arrows = rules.arrows[self];
  if (arrows === undefined) {
    return [
      `${one.folder}/package.json:1: ${self} has no layer; add it to "arrows" in packages/setup/src/layers.json`,
    ];
  }
  /** @type {Record<string, Record<string, string> | undefined>} */
  const manifest = JSON.parse(one.manifest);
  const declared = new Set(dependencyFields.flatMap((field) => Object.keys(manifest[field] ?? {})));

  const inManifest = [...declared].flatMap((name) => {
    // Whether only tests use it shows in the sources.
    const why = notAllowed(self, name.replace(/^@types\//, ''), true, arrows, rules);
    const line = lineAt(one.manifest, one.manifest.indexOf(`"${name}":`));
    return why === undefined ? [] : [`${one.folder}/package.json:${line}: ${why}`];
  });
  const byName = (/** @type {string} */ name, /** @type {boolean} */ test) => {
    if (isBuiltin(name) || name.startsWith('#')) return undefined;
    const target = name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
    const why = notAllowed(self, target, test, arrows, rules);
    if (why !== undefined || target === scope + self || declared.has(target)) return why;
    if (rules.builtIntoPrograms.includes(target)) return undefined;
    const version = target.startsWith(scope) ? 'workspace:*' : 'catalog:';
    return `${self} uses ${target} undeclared; add "${target}": "${version}" to ${one.folder}/package.json`;
  };

  const inSources = one.sources.flatMap(({ path, text }) =>
    importsOf(text).flatMap(({ name, line }) => {
      const why = name.startsWith('.') ? outOf(one.folder, path, name) : byName(name, isTest.test(path));
      return why === undefined ? [] : [`${path}:${line}: ${why}`];
    }),
  );
  return [...inManifest, ...inSources];
}

/**
 * @param {string} self
 * @param {string} target a package's name
 * @param {boolean} test whether a test wants it
 * @param {string[]} arrows
 * @param {Rules} rules
 * @returns {string | undefined} why not, and what to do
 */
function notAllowed(self, target, test, arrows, rules) {
  if (target.startsWith(scope)) {
    const other = target.slice(scope.length);
    if (other === self || arrows.includes(other)) return undefined;
    const may = arrows.length === 0 ? 'no package of the workspace' : `only ${arrows.join(', ')}`;
    return `${self} → ${other} is not allowed; ${self} may use ${may}: declare what it needs as a port in core, or move it down`;
  }
  if (test && rules.testsOfAnyone.includes(target)) return undefined;
  const owners = rules.owners[target] ?? [];
  if (owners.includes(self)) return undefined;
  if (rules.testsOfAnyone.includes(target)) return `${self} → ${target} is not allowed outside tests`;
  if (owners.length > 0)
    return `${self} → ${target} is not allowed; use what ${owners.join(' or ')} offers, which owns it`;
  return `${self} → ${target} has no owner; add it to "owners" in packages/setup/src/layers.json, or do without`;
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {string} name a relative specifier
 */
function outOf(folder, path, name) {
  const target = posix.join(posix.dirname(path), name);
  if (target.startsWith(`${folder}/`)) return undefined;
  return `${name} leaves ${folder}; import the other package by its name`;
}

/**
 * @param {string} root
 * @returns {Package[]} the packages of `packages/` and `suites`
 */
function readWorkspace(root) {
  const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'suites'];
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: readFileSync(join(root, folder, 'package.json'), 'utf8'),
      sources: sourcesBelow(root, folder).map((path) => ({
        path,
        text: readFileSync(join(root, path), 'utf8'),
      })),
    }));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesBelow(root, path);
    return isSource.test(entry.name) ? [path] : [];
  });
}
