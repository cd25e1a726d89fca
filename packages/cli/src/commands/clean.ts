import { bounds, exitCode, explain, NetproofError } from '@netproof/core';
import { otherProcesses, removeTemporary, temporaryFolders, unusedBy } from '@netproof/doctor';
import { listKind, sweepLocks, sweepNetworks } from '@netproof/kind-node';
import { owners, sweepClusters } from '@netproof/runner';
import { askEngine, stopDocker } from '@netproof/setup/docker';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/**
 * `netproof clean`: removes the clusters that killed runs left and those that were kept, networks, lock files and
 * temporary folders that nobody owns any more, and our dockerd.
 *
 * @throws NetproofError `LEFT_BEHIND` with all that could not be removed, after the rest was
 */
export async function cleanCommand({ docker = false }: { readonly docker?: boolean }): Promise<number> {
  const problems: { readonly what: string; readonly hint: string }[] = [];
  const part = async (hint: string, work: () => Promise<void>) => {
    await work().catch((error: { readonly hint?: string }) => {
      problems.push({ what: explain(error), hint: error.hint ?? hint });
    });
  };
  await part('see `docker ps --all`', clusters);
  await part('see `docker network ls`', networks);
  await part('remove the files yourself', locks);
  const folders = await unowned();
  for (const folder of folders) {
    await part(`see \`findmnt\` and \`lsattr -a ${folder}\`, then rm -r ${folder}`, async () => {
      await removeTemporary(folder);
      say(`removed ${folder}`);
    });
  }
  if (docker) await part('see `ps -C dockerd`', engine);
  if (problems.length === 0) return exitCode.pass;
  throw new NetproofError(`not all could be removed:\n${problems.map(({ what }) => what).join('\n')}`, {
    code: 'LEFT_BEHIND',
    exit: exitCode.environment,
    hint: [...new Set(problems.map(({ hint }) => hint))].join('\n  '),
  });
}

async function clusters(): Promise<void> {
  const { removed, left } = await sweepClusters({ kept: true });
  for (const { kindName, kept } of removed) {
    say(`removed ${kindName}${kept ? ', which was kept' : ', left by a killed run'}`);
  }
  if (left[0] && left.length === 1) throw left[0];
  if (left.length > 0) throw new Error(left.map(explain).join('\n'));
}

async function networks(): Promise<void> {
  const answer = await askEngine(bounds.machineAnswer);
  if (answer.silent)
    throw new Error(`the Docker Engine does not say which networks there are: ${answer.said}`);
  // Without an Engine there is nothing that could be looked at, and nothing that must be.
  if (answer.version === undefined) return;
  const clusters = [
    ...(await owners()).map(({ kindName }) => kindName),
    ...(await listKind()).map(({ name }) => name),
  ];
  const unused = unusedBy(clusters);
  for (const name of await sweepNetworks((name, created) => unused({ name, created }))) {
    say(`removed the network ${name}, which no cluster used`);
  }
}

async function locks(): Promise<void> {
  for (const file of await sweepLocks()) say(`removed ${file}, whose process has ended`);
}

/** Folders of ended processes: all, or none where another process lives that may own them. */
async function unowned(): Promise<readonly string[]> {
  const folders = await temporaryFolders();
  const [other] = folders.length === 0 ? [] : otherProcesses();
  if (other === undefined) return folders;
  say(`left ${folders.join(', ')}: process ${other.pid} may use them (${other.command})`);
  return [];
}

async function engine(): Promise<void> {
  say(
    (await stopDocker())
      ? 'stopped the Docker Engine that netproof had started'
      : 'no Docker Engine of netproof runs',
  );
}
