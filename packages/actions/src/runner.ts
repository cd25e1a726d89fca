import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Artifacts } from './artifacts.ts';
import { interpolate, type Scope, shown, truthy, type Value } from './expression.ts';
import { type Job, readAction, type Step } from './workflow.ts';

/*
 * Runs jobs of a workflow on this machine as GitHub does: each `run:` as it stands in the file, in its shell. Actions
 * from outside do here what they come to for the steps after them, which for most is nothing.
 */

export interface Setting {
  /** What a checkout comes to. */
  readonly workspace: string;
  /** An empty folder. */
  readonly temp: string;
  readonly github: {
    readonly event_name: string;
    readonly ref: string;
    readonly repository: string;
    readonly run_id: string;
    readonly server_url: string;
    /** What a job pushes with. */
    readonly token?: string;
  };
  /** Takes the place of what an action comes to: tests look at what it is given. */
  readonly actions?: Readonly<Record<string, (given: Given) => Promise<void>>>;
}

type Given = Readonly<Record<string, string>>;
type Outputs = Record<string, string>;

/** How steps went. */
export interface Ran {
  readonly result: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
  /** What was printed, with the commands to GitHub. */
  readonly log: string;
  /** Markdown for the page of the run. */
  readonly summary: string;
}

interface Going {
  readonly contexts: Record<string, Value>;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: Record<string, { outputs: Outputs }>;
  failed: boolean;
  log: string;
  summary: string;
}

export class Runner {
  readonly #setting: Setting;
  readonly artifacts: Artifacts;
  /** Keys of the caches that were saved. */
  readonly caches = new Set<string>();
  #files = 0;

  private constructor(setting: Setting) {
    this.#setting = setting;
    this.artifacts = new Artifacts(join(setting.temp, 'artifacts'));
  }

  static async make(setting: Setting): Promise<Runner> {
    for (const folder of ['artifacts', 'runner', 'files'])
      await mkdir(join(setting.temp, folder), { recursive: true });
    return new Runner(setting);
  }

  /** Whether a job's `if` holds once the jobs that it needs have ended so. */
  applies(job: Job, needs: Readonly<Record<string, { result: string }>> = {}): boolean {
    return this.#holds(
      job.if,
      Object.values(needs).some(({ result }) => result !== 'success'),
      {
        github: this.#setting.github,
        needs,
      },
    );
  }

  async job(job: Job, contexts: Readonly<Record<string, Value>> = {}): Promise<Ran> {
    const going = this.#begin({ ...contexts });
    // What stands outside of steps is to make sense, too.
    const scope = this.#scope(going);
    for (const text of [job.name, job['timeout-minutes'], job['runs-on']]) {
      if (typeof text === 'string') interpolate(text, scope);
    }
    await this.#steps(job.steps, going);
    return this.#ended(going, job.outputs ?? {});
  }

  /** A matrix, with the values that its lists come to. */
  matrix(job: Job, contexts: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    const scope = this.#scope(this.#begin({ ...contexts }));
    const lists = Object.entries(job.strategy?.matrix ?? {});
    return Object.fromEntries(lists.map(([name, text]) => [name, interpolate(text, scope)]));
  }

  /** A composite action, with what a caller gives it. */
  async action(path: string, given: Given, { repository = '' } = {}): Promise<Ran> {
    const { workspace, github } = this.#setting;
    const action = readAction(path, workspace);
    const others = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
    if (others.length > 0) throw new Error(`${path} has no input ${others.join(', ')}`);
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
    const inputs = { ...Object.fromEntries(defaults), ...given };
    const going = this.#begin(
      { inputs, github: { ...github, action_repository: repository } },
      { GITHUB_ACTION_PATH: join(workspace, path) },
    );
    await this.#steps(action.runs.steps, going);
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, value]);
    return this.#ended(going, Object.fromEntries(outputs));
  }

  #begin(contexts: Record<string, Value>, env: Record<string, string> = {}): Going {
    const { workspace, temp, github } = this.#setting;
    const steps = {};
    return {
      contexts: { github, ...contexts, steps },
      env: {
        GITHUB_ACTIONS: 'true',
        CI: 'true',
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: join(temp, 'runner'),
        GITHUB_REPOSITORY: github.repository,
        GITHUB_SERVER_URL: github.server_url,
        GITHUB_RUN_ID: github.run_id,
        GITHUB_REF: github.ref,
        GITHUB_EVENT_NAME: github.event_name,
        GITHUB_SHA: '0'.repeat(40),
        ...env,
      },
      steps,
      failed: false,
      log: '',
      summary: '',
    };
  }

  #ended(going: Going, outputs: Readonly<Record<string, string>>): Ran {
    const scope = this.#scope(going);
    const values = Object.entries(outputs).map(([name, text]) => [name, shown(interpolate(text, scope))]);
    const { failed, log, summary } = going;
    return { result: failed ? 'failure' : 'success', outputs: Object.fromEntries(values), log, summary };
  }

  async #steps(steps: readonly Step[], going: Going): Promise<void> {
    for (const step of steps) {
      const outputs: Outputs = {};
      if (step.id !== undefined) {
        // What a step does not write is empty afterwards; what no step ever writes is a slip of the pen.
        for (const [, name = ''] of (step.run ?? '').matchAll(/["'](?:\\n)?([\w-]+)=(?=[$"'\\])/g))
          outputs[name] = '';
        for (const name of outside[step.uses?.replace(/@.*/, '') ?? ''] ?? []) outputs[name] = '';
        going.steps[step.id] = { outputs };
      }
      if (!this.#holds(step.if, going.failed, going.contexts)) continue;
      if (step.uses !== undefined) await this.#use(step, going, outputs);
      else await this.#run(step, going, outputs);
    }
  }

  async #use({ uses = '', with: wanted = {} }: Step, going: Going, outputs: Outputs): Promise<void> {
    const scope = this.#scope(going);
    const given = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => [name, shown(interpolate(String(value), scope))]),
    );
    const [name = ''] = uses.split('@');
    const instead = this.#setting.actions?.[name];
    if (instead) return instead(given);
    const own = /^(?:\.|netproof\/netproof)\/(.+)$/.exec(name);
    if (own) {
      const { result, log, summary, outputs: all } = await this.action(own[1]!, given);
      Object.assign(outputs, all);
      going.failed ||= result === 'failure';
      going.log += log;
      going.summary += summary;
      return;
    }
    const action = this.#outside[name];
    if (action === undefined) throw new Error(`what ${name} comes to is not known here`);
    Object.assign(outputs, await action(given));
  }

  /** Actions from outside, by what they come to here, with their outputs where there are any. */
  readonly #outside: Readonly<Record<string, (given: Given) => Promise<unknown>>> = {
    'actions/checkout': async () => {},
    'actions/setup-node': async () => {},
    'actions/setup-go': async (given) => {
      const file = this.#path(given['go-version-file'] ?? '');
      if (!existsSync(file)) throw new Error(`there is no ${file}`);
    },
    'actions/cache/restore': async ({ key = '' }) => {
      cacheKey(key);
      return { 'cache-hit': this.caches.has(key) ? 'true' : '' };
    },
    'actions/cache/save': async ({ key = '' }) => {
      this.caches.add(cacheKey(key));
    },
    'actions/upload-artifact': ({ name = '', path = '' }) => this.artifacts.upload(name, this.#path(path)),
    'actions/download-artifact': ({ path = '', ...which }) =>
      this.artifacts.download(this.#path(path), which),
  };

  #path(path: string): string {
    return resolve(this.#setting.workspace, path);
  }

  async #run({ run = '', shell, env = {} }: Step, going: Going, outputs: Outputs): Promise<void> {
    const scope = this.#scope(going);
    const file = (name: string) => join(this.#setting.temp, 'files', `${this.#files++}-${name}`);
    const [script, output, summary, environment] = [
      file('script.sh'),
      file('output'),
      file('summary'),
      file('env'),
    ];
    await writeFile(script, shown(interpolate(run, scope)));
    for (const one of [output, summary, environment]) await writeFile(one, '');
    const own = Object.entries(env).map(([name, text]) => [name, shown(interpolate(text, scope))]);
    // As GitHub calls them.
    const shells: Readonly<Record<string, readonly string[]>> = {
      '': ['-e', script],
      bash: ['--noprofile', '--norc', '-eo', 'pipefail', script],
    };
    const argv = shells[shell ?? ''];
    if (argv === undefined) throw new Error(`the shell ${shell} is not known here`);
    const { code, log } = await ended('bash', argv, this.#setting.workspace, {
      ...process.env,
      ...going.env,
      ...Object.fromEntries(own),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_ENV: environment,
    });
    for (const line of (await readFile(output, 'utf8')).split('\n').filter((one) => one !== '')) {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no output of a step: ${line}`);
      outputs[name] = value;
    }
    if ((await readFile(environment, 'utf8')) !== '') throw new Error('GITHUB_ENV is not known here');
    going.failed ||= code !== 0;
    going.log += log;
    going.summary += await readFile(summary, 'utf8');
  }

  #holds(condition: string | undefined, failed: boolean, contexts: Readonly<Record<string, Value>>): boolean {
    const text = condition?.trim() ?? 'success()';
    const whole = text.startsWith('${{') ? text : `\${{ ${text} }}`;
    const asksItself = /\b(?:success|failure|cancelled|always)\(/.test(text);
    if (failed && !asksItself) return false;
    return truthy(
      interpolate(whole, {
        contexts,
        functions: { ...functions, success: () => !failed, failure: () => failed },
      }),
    );
  }

  #scope({ contexts, failed }: Going): Scope {
    return { contexts, functions: { ...functions, success: () => !failed, failure: () => failed } };
  }
}

/** Outputs of actions from outside. */
const outside: Readonly<Record<string, readonly string[]>> = { 'actions/cache/restore': ['cache-hit'] };

function cacheKey(key: string): string {
  if (!/^[\w.-]{1,512}$/.test(key)) throw new Error(`a cache cannot have the key ${key}`);
  return key;
}

const functions = {
  fromJSON: (text: Value) => JSON.parse(String(text)) as Value,
  cancelled: () => false,
  always: () => true,
};

/** Runs a program to its end; what it printed, in order. */
function ended(
  program: string,
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly log: string }> {
  return new Promise((done, failed) => {
    let log = '';
    const child = spawn(program, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    child.on('error', failed);
    child.on('close', (code) => done({ code, log }));
  });
}

/** A folder for a run of a workflow. */
export async function scratch(parent: string): Promise<string> {
  return mkdtemp(join(parent, 'netproof-actions-'));
}
