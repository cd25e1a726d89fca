/**
 * The smallest number of connections in which each of several backends with equal shares is seen, except with
 * a probability below `risk`. One backend is missed by n connections with (1 - 1/backends)^n; Boole's inequality
 * bounds the chance that any is. A proxy that takes turns sees all of them sooner.
 *
 * @param backends at least 1
 * @param risk accepted rate of false alarms, 0 < risk < 1
 */
export function connectionsToSeeAll(backends: number, risk: number): number {
  if (backends === 1) return 1;
  return Math.floor(Math.log(risk / backends) / Math.log1p(-1 / backends)) + 1;
}
