import { readFileSync, writeFileSync } from 'node:fs';

/** What arp(7) says of them: below the first nothing is forgotten, and beyond the third nobody new gets in. */
const files = [1, 2, 3].map((level) => `/proc/sys/net/ipv4/neigh/default/gc_thresh${level}`);

/**
 * Makes room in the kernel's table of neighbours. It has one for all pods on all nodes of this machine; a hundred pods that
 * ask each other fill it, and what they send is dropped. Disposing takes the room back.
 */
export function roomForNeighbours(count: number): Disposable {
  const changed = new Map<string, string>();
  try {
    for (const file of files) {
      const before = readFileSync(file, 'utf8');
      if (Number(before) >= count) continue;
      writeFileSync(file, String(count));
      changed.set(file, before);
    }
  } catch (error) {
    process.stderr.write(`! no room for ${count} neighbours, so that many pods may lose packets: ${error}\n`);
  }
  return {
    [Symbol.dispose]: () => {
      for (const [file, before] of changed) writeFileSync(file, before);
    },
  };
}
