import { readFile } from 'node:fs/promises';

/**
 * How many datagrams the UDP sockets of this network had no room for since it began (`RcvbufErrors`). They came, and
 * the process that should have read them did not get the CPU: a burst fills a buffer in less time than a standstill
 * takes to be seen.
 */
export async function overflowed(): Promise<number> {
  return overflowedIn(await readFile('/proc/net/snmp', 'utf8'));
}

/** @param snmp text of `/proc/net/snmp`: for each protocol a line of names and one of values */
export function overflowedIn(snmp: string): number {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('RcvbufErrors')]);
}
