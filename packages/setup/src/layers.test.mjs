// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { breachesOf } from './layers.mjs';

const rules = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'));

/**
 * @param {string} folder
 * @param {Record<string, unknown>} manifest
 * @param {string} text of one source
 * @param {string} [path]
 */
function found(folder, manifest, text = '', path = `${folder}/src/one.ts`) {
  return breachesOf(
    { folder, manifest: JSON.stringify(manifest, null, 2), sources: [{ path, text }] },
    rules,
  );
}

const onKube = { dependencies: { '@netproof/core': 'workspace:*', '@netproof/kube': 'workspace:*' } };

describe('the layer rule', () => {
  it('lets allowed arrows pass: packages below, built-ins, owned dependencies, itself', () => {
    const text = [
      "import { join } from 'node:path';",
      "import fs from 'fs/promises';",
      "import { check } from '@netproof/core';",
      "import { apply } from '@netproof/kube';",
      "import { build } from 'esbuild';",
      "import { other } from './other.ts';",
      "import { plan } from '../plan.ts';",
      "import { self } from '@netproof/probe';",
    ].join('\n');
    const manifest = { dependencies: { ...onKube.dependencies, esbuild: 'catalog:' } };
    assert.deepEqual(found('packages/probe', manifest, text, 'packages/probe/src/agent/one.ts'), []);
  });

  it('finds an arrow that points upwards, at its line', () => {
    const [inSource, ...more] = found('packages/kube', {}, "\nimport { run } from '@netproof/runner';");
    assert.match(
      inSource ?? '',
      /^packages\/kube\/src\/one\.ts:2: kube → runner is not allowed; kube may use only core:/,
    );
    assert.deepEqual(more, []);
  });

  it('finds an arrow that only the manifest has', () => {
    const [inManifest, ...more] = found('packages/core', onKube);
    assert.match(
      inManifest ?? '',
      /^packages\/core\/package\.json:4: core → kube is not allowed; core may use no package/,
    );
    assert.deepEqual(more, []);
  });

  it('finds what is used and not declared', () => {
    const text = "import { check } from '@netproof/core';\nimport { parse } from 'yaml';";
    assert.deepEqual(found('packages/kube', {}, text), [
      'packages/kube/src/one.ts:1: kube uses @netproof/core undeclared; add "@netproof/core": "workspace:*" to packages/kube/package.json',
      'packages/kube/src/one.ts:2: kube uses yaml undeclared; add "yaml": "catalog:" to packages/kube/package.json',
    ]);
  });

  it('finds a relative import that leaves its package', () => {
    assert.deepEqual(found('packages/probe', onKube, "import { a } from '../../kube/src/a.ts';"), [
      'packages/probe/src/one.ts:1: ../../kube/src/a.ts leaves packages/probe; import the other package by its name',
    ]);
    assert.equal(found('packages/kube', {}, "import { a } from '../../kube-more/a.ts';").length, 1);
  });

  it('wants no declaration of what is built into the program that runs a file, but an owner', () => {
    const text = "import http from 'k6/http';";
    assert.deepEqual(found('packages/load', {}, text, 'packages/load/src/turns.js'), []);
    assert.match(
      found('packages/kube', {}, text)[0] ?? '',
      /^packages\/kube\/src\/one\.ts:1: kube → k6 is not/,
    );
  });

  it('finds a dependency from outside in a package that does not own it, a subpath of it too', () => {
    const text = "import { Client } from '@kubernetes/client-node/dist/client.js';";
    const manifest = { dependencies: { '@kubernetes/client-node': 'catalog:' } };
    const why = 'probe → @kubernetes/client-node is not allowed; use what kube offers, which owns it';
    assert.deepEqual(found('packages/probe', manifest, text), [
      `packages/probe/package.json:3: ${why}`,
      `packages/probe/src/one.ts:1: ${why}`,
    ]);
  });

  it('finds a dependency from outside that nobody owns', () => {
    const [why] = found('packages/cli', {}, "import chalk from 'chalk';");
    assert.match(why ?? '', /^packages\/cli\/src\/one\.ts:1: cli → chalk has no owner; add it to "owners"/);
  });

  it('lets tests use what tests of anyone may use, and only tests', () => {
    const manifest = { devDependencies: { 'fast-check': 'catalog:' } };
    const text = "import fc from 'fast-check';";
    assert.deepEqual(found('packages/stats', manifest, text, 'packages/stats/src/one.test.ts'), []);
    assert.deepEqual(found('packages/stats', manifest, text), [
      'packages/stats/src/one.ts:1: stats → fast-check is not allowed outside tests',
    ]);
    // The generators of random policies are there for suites, too.
    assert.deepEqual(found('packages/policy', manifest, text), []);
  });

  it('finds a package that has no layer', () => {
    assert.deepEqual(found('packages/new', {}), [
      'packages/new/package.json:1: new has no layer; add it to "arrows" in packages/setup/src/layers.json',
    ]);
  });

  it('has arrows that point downwards only', () => {
    const seen = new Set();
    const visit = (/** @type {string} */ name, /** @type {string[]} */ above) => {
      assert.ok(!above.includes(name), `a circle: ${[...above, name].join(' → ')}`);
      if (seen.has(name)) return;
      for (const below of rules.arrows[name]) visit(below, [...above, name]);
      seen.add(name);
    };
    for (const name of Object.keys(rules.arrows)) visit(name, []);
    assert.equal(seen.size, Object.keys(rules.arrows).length);
  });
});
