import { place } from './endpoint.ts';
import type { Observation } from './ports.ts';
import type { Sample } from './verdict.ts';

/** How many connections each of the backends got, in their order. */
export function countsOf({ servers }: Sample, backends: readonly string[]): readonly number[] {
  return backends.map((backend) => servers.filter((server) => server === backend).length);
}

/** The table of clients × backends for the report. */
export function sharesTable(samples: readonly Sample[], backends: readonly string[]): Observation {
  return {
    title: 'Connections that each backend got, by client',
    columns: ['client', ...backends, 'not answered'],
    rows: samples.map((sample) => [
      place(sample.source),
      ...countsOf(sample, backends),
      sample.servers.filter((server) => server === null).length,
    ]),
  };
}
