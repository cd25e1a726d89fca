import { posix } from 'node:path';
import { configurationFolder } from '@netproof/cni';
import { type AppliedFault, type Nodes, runAll } from '@netproof/core';
import { looks } from './looks.ts';
import { coveredFiles, coverFolder, leftFaults, mark, mounts } from './marks.ts';

/*
 * The file itself stays as it is: who keeps it, from a pod with mounts of its own, neither sees ours nor puts it right.
 * Nothing in its folder changes either, so that containerd goes on with what it has read.
 */

const trace = posix.join(configurationFolder, `.${mark}`);

/** Has containerd read its configurations again: what goes out of their folder tells it to. */
export const readAgain = [
  ['touch', trace],
  ['rm', trace],
] as const;

/**
 * Lays a file of ours over one of a node, for whoever opens that on the node.
 *
 * @param then commands that are run once it lies there
 */
export async function coverFile(
  nodes: Nodes,
  node: string,
  path: string,
  text: string,
  then: readonly (readonly string[])[] = [],
): Promise<AppliedFault> {
  const ours = posix.join(coverFolder, posix.basename(path));
  const revert = async () => {
    const covered = coveredFiles((await nodes.run(node, mounts)).stdout);
    await runAll(nodes, node, [
      ...covered.map((file) => ['umount', '--lazy', file]),
      ['rm', '-rf', coverFolder],
      // Somebody may have made it read ours.
      ...readAgain,
    ]);
    await leftFaults(nodes, [node]);
  };
  try {
    await runAll(nodes, node, [
      ['mkdir', '-p', coverFolder],
      ['sh', '-c', 'printf %s "$1" > "$2"', 'sh', text, ours],
      ['mount', '--bind', ours, path],
      ...then,
    ]);
  } catch (error) {
    await revert();
    throw error;
  }
  const read = async () => (await nodes.run(node, ['cat', path])).stdout;
  return { effect: looks(async () => (await read()) === text), revert };
}
