import { type Endpoint, type Milliseconds, NetproofError, type Port } from '@netproof/core';
import { type Kube, podOf } from '@netproof/kube';

/** The concurrency of the fastest tool that execs for each probe. */
export const execsAtOnce = 15;

/** Ports of each server that are asked where ways are set side by side, as in the figures of the README. */
export const portsAsked = 6;

/** Does the work for all, as many at a time as that tool does. */
export async function byExecs<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const worker = async () => {
    for (const one of queue) await work(one);
  };
  await Promise.all(Array.from({ length: execsAtOnce }, worker));
}

export interface ExecProbe {
  readonly source: Endpoint;
  readonly address: string;
  readonly port: Port;
  /** After which silence is taken for no; without it, as long as the pod's kernel tries. */
  readonly window?: Milliseconds;
}

const scripts = {
  TCP: 'exec 3<>"/dev/tcp/$0/$1"',
  // That a datagram could be sent shows nothing; our servers answer each.
  ICMP: 'ping -n -c 1 "$0"',
  UDP: 'exec 3<>"/dev/udp/$0/$1"; echo probe >&3; read -r -N 1 -u 3',
} as const;

/**
 * One probe by an exec of its own into the client's pod, made of the least that connects: bash's own /dev/tcp.
 *
 * @returns whether it was answered; undefined where nobody knows, because the exec was not made
 */
export async function probeByExec(
  kube: Pick<Kube, 'exec'>,
  { source, address, port, window }: ExecProbe,
): Promise<boolean | undefined> {
  const within = window === undefined ? [] : ['timeout', String(window / 1000)];
  const argv = [...within, 'bash', '-c', scripts[port.protocol], address, String(port.port)];
  try {
    const { exitCode } = await kube.exec({ ...podOf(source.id), container: 'agent' }, argv);
    if (exitCode === 0) return true;
    // 1 is bash's, for what was refused; 124 is timeout's; other codes say that nothing was tried.
    return exitCode === 1 || exitCode === 124 ? false : undefined;
  } catch (error) {
    if (error instanceof NetproofError) return undefined;
    throw error;
  }
}
