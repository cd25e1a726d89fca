/* Pieces of the sentences in which reports say how runs ended. */

/** Three names at most: the rest stands below. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join('; ');
  return names.length > 3 ? `${shown}; and ${names.length - 3} more` : shown;
}

/** `bridge, flannel-vxlan and cilium-vxlan`. */
export function spoken(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 check`, `16 checks`. */
export function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** `The one check`, `Both checks`, `All 16 checks`. */
export function every(many: number, what: string): string {
  if (many === 1) return `The one ${what}`;
  return many === 2 ? `Both ${what}s` : `All ${many} ${what}s`;
}

/** The form that fits the number. */
export function verb(many: number, one: string, several: string): string {
  return many === 1 ? one : several;
}
