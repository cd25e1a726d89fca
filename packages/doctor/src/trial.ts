import { readFileSync } from 'node:fs';
import { bounds, type Milliseconds } from '@netproof/core';
import { ask, firstLine, isRoot, type Said } from './ask.ts';

/**
 * `works`: the kernel did it. `refused`: the kernel said that it has no such thing. `untried`: something else stood
 * in the way, such as a command that is not there.
 */
export interface Outcome {
  readonly result: 'works' | 'refused' | 'untried';
  /** Why it is not `works`, in a line. */
  readonly said: string;
}

/** What ip, tc, iptables, mount and cat say when the kernel does not know what they ask for. */
const unknownToKernel =
  /Unknown device type|kind is unknown|No chain\/target\/match|Table does not exist|missing kernel module|Operation not supported|Protocol not (?:available|supported)|unknown filesystem type|No such device|No such file or directory/;

type Argv = readonly [string, ...string[]];

/** Tries things in namespaces of their own, which end with the command: nothing stays but loaded modules. */
export class Trials {
  readonly #unshare: Argv;
  readonly #bound: Milliseconds;
  /** Why nothing can be tried. */
  readonly closed: string | undefined;
  /** Where true, what the kernel refuses it does not have; else it may only not have been allowed to load it. */
  readonly conclusive = isRoot() && isInitialUserNamespace();

  private constructor(unshare: Argv, bound: Milliseconds, closed: string | undefined) {
    this.#unshare = unshare;
    this.#bound = bound;
    this.closed = closed;
  }

  /** As root; else as root of a new user namespace, where the system lets users have one. */
  static async open(bound: Milliseconds = bounds.machineAnswer): Promise<Trials> {
    const user = isRoot() ? [] : ['--user', '--map-root-user'];
    const unshare: Argv = ['unshare', ...user, '--net', '--mount'];
    const { ok, output } = await ask([...unshare, 'true'], {}, bound);
    const why = output === 'not found' ? 'no unshare command' : firstLine(output);
    return new Trials(unshare, bound, ok ? undefined : why);
  }

  async run(argv: readonly string[]): Promise<Said> {
    // iptables need not take the machine's lock for tables that only it sees.
    return ask([...this.#unshare, ...argv], { XTABLES_LOCKFILE: '/dev/null' }, this.#bound);
  }

  async try(argv: readonly string[], works?: RegExp): Promise<Outcome> {
    if (this.closed !== undefined) return { result: 'untried', said: this.closed };
    const { ok, output } = await this.run(argv);
    if (ok || works?.test(output)) return { result: 'works', said: '' };
    const said = firstLine(output).replace(/^(Error|iptables v\S+ \(\w+\)): *|\.$/g, '');
    // Of unshare itself: the command is not there.
    if (/^unshare: failed to execute/.test(output))
      return { result: 'untried', said: `no ${argv[0]} command` };
    return { result: unknownToKernel.test(output) ? 'refused' : 'untried', said };
  }
}

function isInitialUserNamespace(): boolean {
  try {
    // user_namespaces(7): all ids, each itself.
    return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
  } catch {
    return false;
  }
}
