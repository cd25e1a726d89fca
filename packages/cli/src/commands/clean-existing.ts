import { resolve } from 'node:path';
import { exitCode } from '@netproof/core';
import { cleanExisting, type Where } from '@netproof/runner';
import { untilInterrupted } from '../signals.ts';
import { rbacFile } from './existing.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** `netproof clean --kubeconfig`: removes what killed runs left on an existing cluster. */
export async function cleanExistingCommand({ kubeconfig, context }: Where): Promise<number> {
  const where = { kubeconfig: resolve(kubeconfig), context };
  const removed = await cleanExisting(where, { rbac: rbacFile, signal: untilInterrupted(), onLine: say });
  for (const name of removed) say(`removed the namespace ${name}`);
  if (removed.length === 0) say('nothing was left there');
  return exitCode.pass;
}
