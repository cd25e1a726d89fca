import { coverages, exitCode, explain, NetproofError, type Shard } from '@netproof/core';
import { shardFrom } from '@netproof/runner/shard';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { RunFlags } from './commands/run.ts';
import { tellFailure } from './failure.ts';
import { netproofVersion, places } from './places.ts';
import { reporters } from './reporters/index.ts';

const program = new Command('netproof')
  .description(
    'Proves, on real clusters, that a Kubernetes network does what Kubernetes promises, and shows the proof.',
  )
  .version(netproofVersion)
  .showSuggestionAfterError()
  .exitOverride();

// Commands are loaded when they are called: the Kubernetes client alone takes half a second.
async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

function running(mode: 'run' | 'prove', description: string): void {
  const command = program
    .command(mode)
    .description(description)
    .addOption(
      new Option(
        '--cni <names>',
        'CNIs, each in its default variant: bridge,calico, or all; bridge where no cluster is named',
      )
        .argParser(listOf)
        .conflicts('cluster'),
    )
    .addOption(
      new Option(
        '--cluster <names>',
        'variants exactly, or paths of folders with a cluster.yaml: calico-vxlan,./mine; with --kubeconfig one, whose claims are judged',
      ).argParser(listOf),
    )
    .addOption(
      new Option(
        '--jobs <n>',
        'how many clusters stand side by side; without it as many as cores and memory allow',
      ).argParser(countOf),
    )
    .option('--check <id...>', 'only these checks')
    .option('--suite <name...>', 'only the checks of these suites: services, services/session-affinity')
    .addOption(
      new Option(
        '--coverage <which>',
        'which pairs are asked: all, one for each pair of nodes, or a sample of those; for clusters of many nodes',
      )
        .choices(coverages)
        .default('all'),
    )
    .addOption(
      new Option(
        '--grep <pattern>',
        'of these, only checks in whose id or requirement this regular expression is found',
      ).argParser(patternOf),
    )
    .addOption(
      new Option(
        '--shard <i/n>',
        'of these, only the i-th of n shares: 2/3; `report` puts the runs of all shares together',
      ).argParser(sharedAs),
    )
    .option('--bail', 'stop after the first check that fails; `run --resume` goes on')
    .option('--keep', 'leave the cluster running, once it got ready; one that did not is removed')
    .option('--on <cluster>', 'use a cluster that --keep left, and leave it running')
    .option('--kubeconfig <file>', 'run on the cluster of this kubeconfig, which is left as it was')
    .option('--context <name>', 'the context of --kubeconfig; without it its current one')
    .option(
      '--agent-image <ref>',
      'with --kubeconfig: the image of the probes, with Node.js 24 at `node`, where its nodes do not have the usual one',
    )
    .option('--list', 'list the checks and end')
    .option('--out <folder>', 'where the folder of the run is made', places.out)
    .addOption(
      new Option(
        '--reporter <name>',
        'how the run is shown while it goes on; github in its Actions, else list',
      ).choices(Object.keys(reporters)),
    )
    .option('--json <file>', 'write the totals here as well');
  if (mode === 'run') {
    command.addOption(
      new Option(
        '--resume <folder>',
        'go on with a run that was broken off: the checks without a result, on each of its clusters',
      ).conflicts(['check', 'suite', 'grep', 'shard', 'coverage', 'out', 'list']),
    );
  }
  if (mode === 'prove') command.option('--fault <id...>', 'only these faults');
  command.action(async (flags: RunFlags) => {
    const { runCommand } = await import('./commands/run.ts');
    await exitWith(runCommand(mode, flags));
  });
}

function listOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Names are separated by single commas.');
  return names;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return count;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(explain(error));
  }
}

function sharedAs(text: string): Shard {
  try {
    return shardFrom(text);
  } catch (error) {
    throw new InvalidArgumentError(explain(error));
  }
}

running('run', 'create a cluster, run the checks, write the report, delete the cluster');
running('prove', 'show that every check can fail: apply each fault, print and report the kill matrix');
program
  .command('clusters')
  .description('list the clusters, with versions and claimed features')
  .option('--json', 'print them as JSON')
  .action(async (flags: { json?: boolean }) => {
    const { clustersCommand } = await import('./commands/clusters.ts');
    await exitWith(clustersCommand(flags));
  });
const report = program
  .command('report')
  .description('render the reports of runs again from their journals; several runs also side by side')
  .argument('<folder...>', 'the folder of a run, or one that holds several')
  .option('--out <folder>', 'where runs are shown side by side')
  .action(async (folders: string[], flags: { out?: string }) => {
    const { reportCommand } = await import('./commands/report.ts');
    await exitWith(reportCommand(folders, flags));
  })
  // What follows `diff` is its own.
  .enablePositionalOptions();
report
  .command('diff')
  .description('say what broke between two runs, what was mended, what is new; 1 where something broke')
  .argument('<before>', 'the folder of a run, or one that holds several')
  .argument('<after>', 'the same, of later')
  .option('--json <file>', 'write it there as JSON')
  .action(async (before: string, after: string, flags: { json?: string }) => {
    const { diffCommand } = await import('./commands/diff.ts');
    await exitWith(diffCommand(before, after, flags));
  });
report
  .command('site')
  .description('write the index of the reports that stand in runs/<name>/ of a folder, the newest first')
  .argument('<folder>', 'what is published')
  .addOption(
    new Option('--keep <n>', 'how many reports stay; older ones are deleted. Without it all stay').argParser(
      countOf,
    ),
  )
  .action(async (folder: string, flags: { keep?: number }) => {
    const { siteCommand } = await import('./commands/site.ts');
    await exitWith(siteCommand(folder, flags));
  });
const images = program
  .command('images')
  .description('move all that clusters are made of, to a machine without network or into a registry');
const cniOption = () =>
  new Option(
    '--cni <names>',
    'only what clusters of these CNIs need: bridge,calico; all without it',
  ).argParser(listOf);
images
  .command('save')
  .description('write them into one file; what is not there yet is pulled or built first')
  .argument('<file>', 'an OCI image layout as a tar, which is there whole or not at all')
  .addOption(cniOption())
  .action(async (file: string, flags: { cni?: readonly string[] }) => {
    const { saveCommand } = await import('./commands/images.ts');
    await exitWith(saveCommand(file, flags));
  });
images
  .command('load')
  .description('take what save wrote, once every digest in it was compared')
  .argument('<file>', 'the file')
  .action(async (file: string) => {
    const { loadCommand } = await import('./commands/images.ts');
    await exitWith(loadCommand(file));
  });
images
  .command('push')
  .description('publish them in a registry, from which NETPROOF_MIRROR takes them; prints their digests')
  .argument('<registry>', 'HOST[:PORT][/PREFIX]')
  .addOption(cniOption())
  .action(async (registry: string, flags: { cni?: readonly string[] }) => {
    const { pushCommand } = await import('./commands/images.ts');
    await exitWith(pushCommand(registry, flags));
  });
program
  .command('doctor')
  .description('what this machine has and lacks, and what cures it')
  .option('--json', 'print it as JSON')
  .action(async (flags: { json?: boolean }) => {
    const { doctorCommand } = await import('./commands/doctor.ts');
    await exitWith(doctorCommand(flags));
  });
program
  .command('clean')
  .description('remove what killed runs left, and clusters that were kept')
  .addOption(
    new Option('--docker', 'also stop the Docker Engine that netproof started').conflicts('kubeconfig'),
  )
  .option('--kubeconfig <file>', 'instead, remove what killed runs left on the cluster of this kubeconfig')
  .option('--context <name>', 'the context of --kubeconfig; without it its current one')
  .action(async (flags: { docker?: boolean; kubeconfig?: string; context?: string }) => {
    const { kubeconfig, context } = flags;
    if (kubeconfig !== undefined) {
      const { cleanExistingCommand } = await import('./commands/clean-existing.ts');
      return exitWith(cleanExistingCommand({ kubeconfig, context }));
    }
    if (context !== undefined) {
      throw new NetproofError('--context without --kubeconfig', { code: 'OPTIONS', exit: exitCode.usage });
    }
    const { cleanCommand } = await import('./commands/clean.ts');
    await exitWith(cleanCommand(flags));
  });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has printed its own message by now.
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCode.pass : exitCode.usage;
  else process.exitCode = tellFailure(error);
}
// After an interruption a watch of the cluster that is gone may still wait for its bound; nothing is left to do.
process.exit();
