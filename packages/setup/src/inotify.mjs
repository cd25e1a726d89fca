// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';

/** Of proc(5). Each user has so many; a container's root is the machine's root, so that all nodes share them. */
const file = '/proc/sys/fs/inotify/max_user_instances';

/** Many kernels come with 128. kind's known issues ask for 512 and more; an instance costs memory only in use. */
export const wantedInstances = 1024;

/**
 * What a cluster of three nodes holds: 27 on the control plane and 14 on each worker, counted in /proc/PID/fd on a
 * bridge cluster of Kubernetes 1.36 (systemd 4, containerd 2, kubelet 7, kube-proxy 1, API server 6, controller
 * manager 7).
 */
export const instancesPerCluster = 55;

/**
 * @param {string} [from]
 * @returns {number | undefined} how many each user may have; undefined where the kernel does not tell
 */
export function inotifyInstances(from = file) {
  try {
    return Number(readFileSync(from, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Raises the limit where it is below what several clusters need and where this process may. Where it may not, the
 * cluster that finds none left says what to do.
 *
 * @param {string} [to]
 * @returns {string | undefined} what was done, if anything
 */
export function raiseInotifyInstances(to = file) {
  const before = inotifyInstances(to);
  if (before === undefined || before >= wantedInstances) return undefined;
  try {
    writeFileSync(to, `${wantedInstances}\n`);
  } catch {
    return undefined;
  }
  return `raised fs.inotify.max_user_instances from ${before} to ${wantedInstances} until the machine restarts: a cluster takes about ${instancesPerCluster}`;
}
