import { counterIn, readSnmp } from './snmp.ts';

/**
 * How many datagrams the UDP sockets of this network had no room for since it began (`RcvbufErrors`). They came, and
 * the process that should have read them did not get the CPU: a burst fills a buffer in less time than a standstill
 * takes to be seen.
 */
export async function overflowed(): Promise<number> {
  return counterIn(await readSnmp(), 'Udp', 'RcvbufErrors');
}
