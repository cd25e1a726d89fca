import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAction, readWorkflow, root, type Step } from './workflow.ts';

const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const actions = readdirSync(join(root, '.github/actions')).map((name) => `.github/actions/${name}`);

const steps: readonly (readonly [where: string, step: Step])[] = [
  ...workflows.flatMap((file) =>
    Object.entries(readWorkflow(file).jobs).flatMap(([job, { steps }]) =>
      steps.map((step) => [`${file}, ${job}`, step] as const),
    ),
  ),
  ...actions.flatMap((path) => readAction(path).runs.steps.map((step) => [path, step] as const)),
];

describe('workflows and actions', () => {
  it('use actions from outside at a commit, with its version beside it, and each at one only', () => {
    const pins = new Map<string, Set<string>>();
    for (const file of [...workflows, ...actions.map((path) => `${path}/action.yml`)]) {
      for (const [line, name, ref] of readFileSync(join(root, file), 'utf8').matchAll(
        /^.*uses: ([^@\s]+)(.*)$/gm,
      )) {
        if (name?.startsWith('./')) continue;
        assert.match(ref ?? '', /^@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line}`);
        pins.set(name!, (pins.get(name!) ?? new Set()).add(ref!));
      }
    }
    assert.ok(pins.size >= 6, `${pins.size} actions`);
    for (const [name, refs] of pins) assert.equal(refs.size, 1, `${name}: ${[...refs].join(', ')}`);
  });

  it('may only read, but for the job that publishes', () => {
    const writing = workflows.flatMap((file) => {
      const { permissions, jobs } = readWorkflow(file);
      assert.deepEqual(permissions, { contents: 'read' }, file);
      return Object.entries(jobs).flatMap(([name, job]) =>
        job.permissions ? [[file, name, job.permissions]] : [],
      );
    });
    assert.deepEqual(writing, [['.github/workflows/conformance.yml', 'pages', { contents: 'write' }]]);
  });

  it('leave no credentials behind a checkout', () => {
    const checkouts = steps.filter(([, { uses }]) => uses?.startsWith('actions/checkout@'));
    assert.ok(checkouts.length > 0);
    for (const [where, step] of checkouts) {
      assert.equal(step.with?.['persist-credentials'], false, where);
    }
  });

  it('give the token to steps that run git and nothing else', () => {
    const knowing = steps.filter(([, step]) => JSON.stringify(step).includes('github.token'));
    assert.ok(knowing.length > 0);
    for (const [where, { run = '' }] of knowing) {
      assert.match(where, /, pages$/);
      assert.doesNotMatch(run, /\b(?:npm|node|npx|pnpm)\b/, where);
    }
  });

  it('have no expression in a script, in which what it comes to would be run', () => {
    const scripts = steps.filter(([, { run }]) => run !== undefined);
    assert.ok(scripts.length > 0);
    for (const [where, { run }] of scripts) assert.doesNotMatch(run!, /\$\{\{/, where);
  });

  it('say what each input and output of an action is', () => {
    for (const path of actions) {
      const { inputs, outputs, runs } = readAction(path);
      for (const [name, { description }] of Object.entries({ ...inputs, ...outputs })) {
        assert.match(description, /\w{3,}.*\.$/s, `${path}: ${name}`);
      }
      const readme = readFileSync(join(root, path, 'README.md'), 'utf8');
      for (const name of Object.keys({ ...inputs, ...outputs }))
        assert.ok(readme.includes(`\`${name}\``), name);
      // Composite actions have no shell of their own accord.
      for (const step of runs.steps) assert.equal(step.run === undefined, step.shell === undefined, path);
    }
  });
});
