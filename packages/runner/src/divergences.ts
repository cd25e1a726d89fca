import { join } from 'node:path';
import type { RecordedDivergence } from '@netproof/core';
import { z } from 'zod';
import type { ClusterFolder } from './clusters.ts';

const why = 'expected why the check fails there, in a sentence';
const where = 'expected the address of the issue or page that tells of it: https://…';
const when = 'expected the last day on which it counts, such as 2027-03-01';

/** A check that is known to fail on a cluster. */
const divergence = z.strictObject({
  check: z.string('expected the id of a check'),
  reason: z.string(why).trim().min(1, why),
  reference: z.url({ protocol: /^https?$/, error: where }),
  expires: z.iso.date(when),
});

export const divergences = z.array(divergence);

type Divergence = z.infer<typeof divergence>;

/**
 * What is wrong with the entries of a `cluster.yaml` that their shape does not tell: checks that are none or that stand
 * twice.
 *
 * @param file what the file says, whatever that is
 * @param checks the ids of all; without them none is unknown
 */
export function divergenceProblems(
  file: unknown,
  checks: readonly string[] | undefined,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const entries = (file as { spec?: { divergences?: unknown } } | null)?.spec?.divergences;
  if (!Array.isArray(entries)) return [];
  const ids = entries.map((entry) => (entry as { check?: unknown } | null)?.check);
  return ids.flatMap((id, at) => {
    const path = ['spec', 'divergences', at, 'check'];
    if (typeof id !== 'string') return [];
    const first = ids.indexOf(id);
    return [
      ...(checks === undefined || checks.includes(id)
        ? []
        : [{ path, message: `there is no check ${id}; pnpm netproof run --list names all` }]),
      ...(first < at ? [{ path, message: `${id} stands in spec.divergences.${first}, too: keep one` }] : []),
    ];
  });
}

/** What is recorded of checks, by their ids, as it counts now. */
export function recordedAt(now: Date, all: readonly Divergence[]): ReadonlyMap<string, RecordedDivergence> {
  const today = now.toISOString().slice(0, 10);
  return new Map(all.map(({ check, ...rest }) => [check, { ...rest, expired: rest.expires < today }]));
}

/** A line for each entry that counts no more, before anything is made. */
export function expiredEntries(now: Date, clusters: readonly ClusterFolder[]): readonly string[] {
  return clusters.flatMap(({ folder, spec }) =>
    [...recordedAt(now, spec.divergences)].flatMap(([check, { expired, expires }]) =>
      expired
        ? [
            `! ${join(folder, 'cluster.yaml')}: the divergence of ${check} expired on ${expires}: a failure counts again; delete the entry, or renew it with a new date`,
          ]
        : [],
    ),
  );
}
