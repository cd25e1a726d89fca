import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { type Fact, type Group, lacks, note, there, unknown } from './fact.ts';
import { type Feature, features, iptables } from './features.ts';
import { type KernelConfig, kernelConfig } from './kernel-config.ts';
import type { Outcome, Trials } from './trial.ts';

/** Whether the kernel has something, and how that is known; `has` undefined where it is not. */
export interface Known {
  readonly has: boolean | undefined;
  readonly how: string;
}

/** Features of the running kernel, each tried where it can be, else as the kernel was built. */
export async function kernelGroup(trials: Trials): Promise<Group> {
  const config = await kernelConfig();
  const known = new Map<string, Known>();
  const look = async (feature: Feature, command: string | undefined) => {
    const outcome = await outcomeOf(feature, trials, command);
    known.set(feature.name, decide(feature, outcome, config, trials.conclusive));
  };
  const flavours = features.filter(({ required }) => required === 'iptables');
  await Promise.all(flavours.map((feature) => look(feature, undefined)));
  const command = iptablesCommand(known);
  const others = features.filter((feature) => !flavours.includes(feature));
  await Promise.all(others.map((feature) => look(feature, command)));
  return { title: `kernel ${release()}`, facts: factsOf(known) };
}

/** The iptables that works, so that a match is not missed for want of the command. */
function iptablesCommand(known: ReadonlyMap<string, Known>): string {
  return known.get('iptables legacy')?.how === tried ? 'iptables-legacy' : 'iptables-nft';
}

async function outcomeOf(feature: Feature, trials: Trials, command = ''): Promise<Outcome> {
  const { trial, works, files } = feature;
  if (trial) {
    return trials.try(
      trial.map((word) => (word === iptables ? command : word)),
      works,
    );
  }
  const file = files?.find((one) => existsSync(one));
  if (file === undefined) return { result: 'untried', said: '' };
  return { result: 'works', said: `${file} is there` };
}

const tried = 'tried';

/** What is known by the trial, else by how the kernel was built. */
export function decide(
  { config: wanted }: Feature,
  { result, said }: Outcome,
  config: KernelConfig | undefined,
  conclusive: boolean,
): Known {
  if (result === 'works') return { has: true, how: said || tried };
  const built = config && { file: config.file, ...builtAs(wanted, config) };
  if (result === 'refused' && conclusive) {
    return { has: false, how: `${tried}: ${said}${built ? `; ${built.text} in ${built.file}` : ''}` };
  }
  const why = said ? `${result === 'refused' ? 'tried as a user' : 'not tried'}: ${said}; ` : '';
  if (built === undefined) {
    return { has: undefined, how: `${why}the kernel's configuration is not to be found` };
  }
  // A module may be missing, or not be loaded for this user.
  const has = { y: true, m: undefined, n: false }[built.as];
  return { has, how: `${built.as === 'y' ? '' : why}${built.text} in ${built.file}` };
}

function builtAs(
  wanted: readonly string[],
  { options }: KernelConfig,
): { as: 'y' | 'm' | 'n'; text: string } {
  const unset = wanted.filter((option) => !options.has(option));
  if (unset.length > 0) return { as: 'n', text: `${unset.map(name).join(', ')} not set` };
  const modules = wanted.filter((option) => options.get(option) === 'm');
  if (modules.length > 0) return { as: 'm', text: `${modules.map(name).join(', ')}=m` };
  return { as: 'y', text: `${wanted.map(name).join(', ')}=y` };
}

const name = (option: string): string => `CONFIG_${option}`;

/** A run cannot do without what is required, or without all of those that stand in for each other. */
export function factsOf(known: ReadonlyMap<string, Known>): readonly Fact[] {
  const hasAny = (required: string) =>
    features.some((one) => one.required === required && known.get(one.name)?.has !== false);
  return features.map((feature) => {
    const { has, how } = known.get(feature.name) ?? { has: undefined, how: 'not looked at' };
    const { neededBy, cost, required } = feature;
    if (has) return there(feature.name, how, { neededBy });
    if (has === undefined) return unknown(feature.name, how, { neededBy });
    const more = { neededBy, cost, cure: cureOf(feature, how) };
    return required && !hasAny(required)
      ? lacks(feature.name, `not there (${how})`, more)
      : note(feature.name, `not there (${how})`, more);
  });
}

function cureOf({ config, module }: Feature, how: string): string {
  const options = config.map(name).join(', ');
  if (/=m/.test(how) && module) {
    return `modprobe ${module}; where it is not found, install all modules of this kernel (Ubuntu: linux-modules-extra-${release()})`;
  }
  return `a kernel with ${options}`;
}
