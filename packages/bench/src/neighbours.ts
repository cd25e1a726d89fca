import { readFileSync, writeFileSync } from 'node:fs';

/** What arp(7) says of them: below the first nothing is forgotten, and beyond the third nobody new gets in. */
const files = [1, 2, 3].map((level) => `/proc/sys/net/ipv4/neigh/default/gc_thresh${level}`);

/**
 * Makes room in the kernel's table of neighbours. It has one for all pods on all nodes of this machine; a hundred pods that
 * ask each other fill it, and what they send is dropped. Disposing takes the room back.
 */
export function roomForNeighbours(count: number): Disposable {
  const before = files.map((file) => readFileSync(file, 'utf8'));
  for (const [at, file] of files.entries()) {
    if (Number(before[at]) < count) writeFileSync(file, String(count));
  }
  return {
    [Symbol.dispose]: () => {
      for (const [at, file] of files.entries()) writeFileSync(file, before[at] ?? '');
    },
  };
}
