import type { Sample } from './verdict.ts';

/** How many connections each of the backends got, in their order. */
export function countsOf({ servers }: Sample, backends: readonly string[]): readonly number[] {
  return backends.map((backend) => servers.filter((server) => server === backend).length);
}
