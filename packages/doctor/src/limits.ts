import { readdir, readFile, readlink } from 'node:fs/promises';
import { inotifyInstances, instancesPerCluster, wantedInstances } from '@netproof/setup/inotify';
import { isRoot } from './ask.ts';
import { type Fact, type Group, lacks, note, there, unknown } from './fact.ts';
import { bridgeCallsIptables } from './features.ts';
import type { Trials } from './trial.ts';

export async function limitsGroup(trials: Trials): Promise<Group> {
  return {
    title: 'limits',
    facts: [
      inotify(inotifyInstances(), isRoot() ? await inotifyInUse() : undefined, isRoot()),
      await forwarding(),
      await bridged(trials),
    ],
  };
}

const raise = `sysctl -w fs.inotify.max_user_instances=${wantedInstances}`;

/** @param used by root, undefined where this user may not see it */
export function inotify(limit: number | undefined, used: number | undefined, root: boolean): Fact {
  const name = 'fs.inotify.max_user_instances';
  const more = { neededBy: `nodes: a cluster of three takes about ${instancesPerCluster}` };
  if (limit === undefined) return unknown(name, 'the kernel does not tell', more);
  const room = Math.max(0, Math.floor((limit - (used ?? 0)) / instancesPerCluster));
  const use = used === undefined ? 'what root uses of it is not to be seen' : `root uses ${used}`;
  const clusters = `${room}${used === undefined ? '' : ' more'} cluster${room === 1 ? '' : 's'}`;
  const value = `${limit}, ${use}: room for ${used === undefined ? 'at most ' : ''}${clusters}`;
  if (room > 0 && limit >= wantedInstances) return there(name, value, more);
  if (root && limit < wantedInstances) {
    return note(name, value, { ...more, cost: `a run raises it to ${wantedInstances}`, cure: raise });
  }
  if (room > 0) return note(name, value, { ...more, cost: 'more at once would fail', cure: `sudo ${raise}` });
  return lacks(name, value, {
    ...more,
    cure: limit < wantedInstances ? `sudo ${raise}` : 'pnpm netproof clean, or end what uses them',
  });
}

/** Instances that root's processes hold, those in containers too. */
async function inotifyInUse(): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const counts = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (!/^Uid:\s*0\s/m.test(status)) return 0;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    return links.filter((target) => target === 'anon_inode:inotify').length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function forwarding(): Promise<Fact> {
  const name = 'net.ipv4.ip_forward';
  const more = { neededBy: 'nodes and pods that reach beyond this machine' };
  const value = await contentOf('/proc/sys/net/ipv4/ip_forward');
  if (value === undefined) return unknown(name, 'the kernel does not tell', more);
  if (value === '1') return there(name, value, more);
  return note(name, value, {
    ...more,
    cost: 'dockerd sets it at its start; traffic inside a cluster does not need it',
    cure: 'sysctl -w net.ipv4.ip_forward=1',
  });
}

/** As a node finds it: in a network namespace that is new. */
async function bridged(trials: Trials): Promise<Fact> {
  const name = 'net.bridge.bridge-nf-call-iptables';
  const more = { neededBy: 'Services between pods of one bridge' };
  const said = trials.closed === undefined ? await trials.run(['cat', bridgeCallsIptables]) : undefined;
  const value = said?.ok ? said.stdout : await contentOf(bridgeCallsIptables);
  const where = said?.ok ? 'in a new network namespace' : 'here';
  if (value === undefined) return unknown(name, 'only there with br_netfilter', more);
  if (value === '1') return there(name, `${value} ${where}`, more);
  return lacks(name, `${value} ${where}`, {
    ...more,
    cost: 'the bridge CNI refuses to start',
    cure: 'sysctl -w net.bridge.bridge-nf-call-iptables=1',
  });
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
