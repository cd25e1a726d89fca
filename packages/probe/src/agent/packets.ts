import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counterIn, readSnmp } from './snmp.ts';
import type { PacketsResult } from './wire.ts';

/**
 * What the kernel says of the packets of this network: how large they may be, and how many were cut.
 *
 * @param devices a folder for each network device, with its MTU in a file
 * @throws where it has no device but its loopback, or the kernel counts no fragments
 */
export async function packets(devices = '/sys/class/net'): Promise<PacketsResult> {
  const names = (await readdir(devices)).filter((name) => name !== 'lo');
  const mtus = names.map(async (name) => Number(await readFile(join(devices, name, 'mtu'), 'utf8')));
  const mtu = Math.max(...(await Promise.all(mtus)));
  const fragments = counterIn(readSnmp(), 'Ip', 'FragCreates');
  if (mtu > 0 && fragments >= 0) return { mtu, fragments };
  throw new Error(
    `of its packets is not known how large they may be, or how many are cut: ${mtu}, ${fragments}`,
  );
}
