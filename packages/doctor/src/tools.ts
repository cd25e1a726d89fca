import { builders, engine, missing } from '@netproof/setup/apt';
import { which } from '@netproof/setup/command';
import { nodeMinimum, pnpmVersion } from '@netproof/setup/pins';
import { ask, firstLine, isRoot } from './ask.ts';
import { type Fact, type Group, lacks, note, there, unknown } from './fact.ts';

/** @param engineAnswers without one, a run installs one */
export async function toolsGroup(engineAnswers: boolean): Promise<Group> {
  const absent = new Set(missing([...builders, ...(engineAnswers ? [] : engine)]).map(({ name }) => name));
  const debian = [...builders, ...(engineAnswers ? [] : engine)];
  return {
    title: 'tools',
    facts: await Promise.all([
      there('Node.js', `${process.version}, at least ${nodeMinimum} is needed`),
      pnpm(),
      go(),
      ...debian.map(({ name, command }) => fromDebian(name, command, absent.has(name))),
      ...['ip', 'tc', 'unshare'].map(looking),
    ]),
  };
}

async function pnpm(): Promise<Fact> {
  const said = await ask(['pnpm', '--version']);
  if (said.ok) return there('pnpm', said.stdout);
  if (said.late) return unknown('pnpm', said.output);
  return note('pnpm', firstLine(said.output), {
    neededBy: 'typing `pnpm netproof`',
    cost: 'npm start brings one of its own',
    cure: `npm install --global pnpm@${pnpmVersion()}`,
  });
}

/** Whether it is new enough, and whether that matters, is said with the images. */
async function go(): Promise<Fact> {
  const neededBy = 'images from source';
  const said = await ask(['go', 'version'], { GOTOOLCHAIN: 'local' });
  if (said.ok) return there('Go', said.stdout.replace(/^go version go/, ''), { neededBy });
  if (said.late) return unknown('Go', said.output, { neededBy });
  return note('Go', firstLine(said.output), { neededBy, cure: 'install it from https://go.dev/dl/' });
}

async function fromDebian(name: string, command: string | undefined, absent: boolean): Promise<Fact> {
  const neededBy = builders.some((one) => one.name === name)
    ? 'images from source'
    : 'a Docker Engine of netproof';
  if (!absent) {
    const said = command && name !== 'docker.io' ? await ask([command as string, '--version']) : undefined;
    return there(name, said?.ok ? firstLine(said.stdout) : 'there', { neededBy });
  }
  const cure = `apt-get install --no-install-recommends ${name}`;
  if (which('apt-get') === undefined) {
    return lacks(name, 'not there', { neededBy, cure: `install what this system calls ${name}` });
  }
  if (isRoot()) return note(name, 'not there', { neededBy, cost: 'a run installs it', cure });
  return lacks(name, 'not there', { neededBy, cure: `sudo ${cure}` });
}

/** What only this look needs: the nodes have their own. */
async function looking(command: string): Promise<Fact> {
  const said = await ask([command, '-V']);
  if (said.ok) return there(command, firstLine(said.output));
  if (said.late) return unknown(command, said.output);
  return note(command, firstLine(said.output), {
    neededBy: 'trying features of the kernel',
    cost: 'they are told by how the kernel was built',
    cure: `apt-get install ${command === 'unshare' ? 'util-linux' : 'iproute2'}`,
  });
}
