import { readFileSync } from 'node:fs';

/**
 * Text of `/proc/net/snmp`: what the kernel counts for the agent's network (RFC 4293). It is read at once, so that nothing
 * is counted that the agent sends meanwhile.
 */
export function readSnmp(): string {
  return readFileSync('/proc/net/snmp', 'utf8');
}

/**
 * One of the kernel's counters; NaN where it has none of that name.
 *
 * @param snmp for each protocol a line of names and one of values, each with `Ip: ` before it
 */
export function counterIn(snmp: string, protocol: string, name: string): number {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}: `))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}
