/** One rule and how many packets it has counted. */
interface Counted {
  readonly table: string;
  readonly rule: string;
  readonly packets: number;
}

/**
 * The rules that counted packets between two readings.
 *
 * @param before output of `iptables-save -c`
 * @param after the same, later
 * @returns `nat  +3  -A POSTROUTING …` for each, in the order of the rules
 */
export function counted(before: string, after: string): readonly string[] {
  const earlier = new Map(countersOf(before).map((one) => [keyOf(one), one.packets]));
  return countersOf(after).flatMap((one) => {
    // A rule that was written anew counts from zero.
    const was = earlier.get(keyOf(one)) ?? 0;
    const more = one.packets >= was ? one.packets - was : one.packets;
    return more === 0 ? [] : [`${one.table.padEnd(7)} ${`+${more}`.padStart(6)}  ${one.rule}`];
  });
}

function keyOf({ table, rule }: Counted): string {
  return `${table} ${rule}`;
}

/** Rules that are there twice are counted as one. */
function countersOf(save: string): readonly Counted[] {
  let table = '';
  const sums = new Map<string, Counted>();
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, packets, rule] = /^\[(\d+):\d+\] (-A .*)$/.exec(line) ?? [];
    if (packets === undefined || rule === undefined) continue;
    const one = { table, rule, packets: Number(packets) };
    sums.set(keyOf(one), { ...one, packets: one.packets + (sums.get(keyOf(one))?.packets ?? 0) });
  }
  return [...sums.values()];
}
