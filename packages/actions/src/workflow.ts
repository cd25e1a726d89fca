import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../../..');

/** Texts are as they stand in the file, with their expressions. */
export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly name?: string;
  readonly needs?: string;
  readonly if?: string;
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number | string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly 'fail-fast': boolean;
    readonly matrix: Readonly<Record<string, string>>;
  };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const known = {
  workflow: ['name', 'on', 'permissions', 'jobs'],
  job: [
    ...['name', 'needs', 'if', 'runs-on', 'timeout-minutes', 'permissions', 'concurrency', 'outputs'],
    ...['strategy', 'steps'],
  ],
  step: ['id', 'if', 'uses', 'with', 'run', 'shell', 'env'],
  action: ['name', 'description', 'inputs', 'outputs', 'runs'],
};

/**
 * @param file a path below `folder`, the root of the repository
 * @throws Error of a key that is not known here: what it does would not be tried
 */
export function readWorkflow(file: string, folder = root): Workflow {
  const workflow = readYaml(file, folder) as Workflow;
  onlyKnown(workflow, 'workflow', file);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    onlyKnown(job, 'job', `${file}: ${name}`);
    for (const step of job.steps) onlyKnown(step, 'step', `${file}: ${name}`);
  }
  return workflow;
}

/** The `action.yml` of a folder. */
export function readAction(path: string, folder = root): Action {
  const file = join(path, 'action.yml');
  const action = readYaml(file, folder) as Action;
  onlyKnown(action, 'action', file);
  for (const step of action.runs.steps) onlyKnown(step, 'step', file);
  return action;
}

function readYaml(file: string, folder: string): unknown {
  return parse(readFileSync(join(folder, file), 'utf8'));
}

function onlyKnown(value: object, what: keyof typeof known, where: string): void {
  const others = Object.keys(value).filter((key) => !known[what].includes(key));
  if (others.length > 0)
    throw new Error(`${where}: a ${what} has ${others.join(', ')}, which is not tried here`);
}
