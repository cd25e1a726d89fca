import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { explain } from '@netproof/core';
import { freeDisk } from '@netproof/images';
import { clusterBytes } from '@netproof/runner/jobs';
import { type Capability, isBarred } from '@netproof/setup/capabilities';
import { isRoot } from './ask.ts';
import { type Fact, type Group, lacks, note, there, unknown } from './fact.ts';

/**
 * @param places folders that fill up, with what fills them
 * @param engineAnswers without one, a run starts one from here
 */
export async function machineGroup(
  places: readonly { name: string; folder: string }[],
  engineAnswers: boolean,
): Promise<Group> {
  return {
    title: 'machine',
    facts: [
      processors(),
      memory(freemem()),
      ...(await Promise.all(places.map(disk))),
      root(),
      ...capabilities((one) => isBarred(one), engineAnswers),
      await cgroups(),
    ],
  };
}

function processors(): Fact {
  const count = availableParallelism();
  if (count > 1) return there('CPUs', String(count));
  return note('CPUs', String(count), { cost: 'clusters start slowly, and latencies are of no worth' });
}

function memory(free: number): Fact {
  const value = `${gigabytes(totalmem())}, ${gigabytes(free)} free`;
  const neededBy = `clusters: one of three nodes takes up to ${gigabytes(clusterBytes)}, with its probes`;
  if (free >= clusterBytes) return there('memory', value, { neededBy });
  const cost = 'nodes may be killed for want of memory';
  return note('memory', value, { neededBy, cost, cure: 'end what uses it' });
}

async function disk({ name, folder }: { name: string; folder: string }): Promise<Fact> {
  try {
    const { mb } = await freeDisk(folder);
    return there(name, `${gigabytes(mb * 1e6)} free in ${folder}`);
  } catch (error) {
    return unknown(name, explain(error));
  }
}

function root(): Fact {
  if (isRoot()) return there('root', 'yes');
  return note('root', `no, this is user ${process.getuid?.()}`, {
    cost: 'nothing is installed or started, no image is built from source, and less can be determined here',
    cure: 'run it as root',
  });
}

/** What a container of the Engine needs that is started from here. */
const needed: readonly Capability[] = ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW'];

export function capabilities(barred: (capability: Capability) => boolean, engineAnswers: boolean): Fact[] {
  const missing = needed.filter((one) => barred(one)).map((one) => `CAP_${one}`);
  const must = mustHave(missing, engineAnswers);
  if (!barred('SYS_RESOURCE')) return [must, there('CAP_SYS_RESOURCE', 'to be had')];
  const lacking = note('CAP_SYS_RESOURCE', 'not to be had here', {
    neededBy: "kind's published node images",
    cost: 'images are built from source, and a wrapper around runc takes it out of what containers ask for',
  });
  return [must, lacking];
}

function mustHave(missing: readonly string[], engineAnswers: boolean): Fact {
  const name = 'capabilities';
  const more = { neededBy: 'nodes' };
  if (missing.length === 0) return there(name, needed.map((one) => `CAP_${one}`).join(', '), more);
  const value = `${missing.join(', ')} not to be had here`;
  const cure = 'run it outside of this container, or in one that is --privileged';
  if (!engineAnswers) return lacks(name, value, { ...more, cure });
  return note(name, value, {
    ...more,
    cost: 'nodes have what the Docker Engine has, which was not asked',
    cure,
  });
}

/** CGROUP2_SUPER_MAGIC of linux/magic.h. */
const cgroup2Magic = 0x63677270;

async function cgroups(): Promise<Fact> {
  const found = await statfs('/sys/fs/cgroup').catch(() => undefined);
  if (found === undefined) return unknown('cgroups', 'there is no /sys/fs/cgroup');
  if (found.type === cgroup2Magic) return there('cgroups', 'v2');
  const hybrid = existsSync('/sys/fs/cgroup/unified') ? 'v1 with v2 beside it' : 'v1';
  return note('cgroups', hybrid, {
    neededBy: "kind's published node images need v2",
    cost: 'images are built from source, with a systemd that boots on v1',
    cure: 'boot with systemd.unified_cgroup_hierarchy=1',
  });
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
