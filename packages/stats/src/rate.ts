/**
 * The largest rate that `events` of `trials` do not contradict: the one-sided upper bound of Clopper and Pearson
 * (Biometrika 26, 1934). With no event at all it is close to 3 / trials at 95 %, and never 0.
 *
 * @param confidence 0 < confidence < 1
 */
export function rateAtMost(events: number, trials: number, confidence = 0.95): number {
  if (events >= trials) return 1;
  let [low, high] = [events / trials, 1];
  // The chance of so few events falls as the rate rises; 60 halvings are more than a double can tell apart.
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (atMost(events, trials, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `events` in `trials`, each with probability `rate`. */
function atMost(events: number, trials: number, rate: number): number {
  let term = trials * Math.log1p(-rate);
  let sum = Math.exp(term);
  for (let k = 1; k <= events; k += 1) {
    term += Math.log(((trials - k + 1) / k) * (rate / (1 - rate)));
    sum += Math.exp(term);
  }
  return sum;
}
