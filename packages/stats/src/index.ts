export { chiSquareCriticalValue, chiSquareSurvival, noncentralChiSquareSurvival } from './chi-square.ts';
export { connectionsToSeeAll } from './coverage.ts';
export { type MedianInterval, medianInterval } from './median-interval.ts';
export { type Pair, type PairedRatio, pairedRatio } from './paired-ratio.ts';
export { quantile } from './quantile.ts';
export { rateAtMost } from './rate.ts';
export { power, type SampleSizePlan, sampleSize } from './sample-size.ts';
export { uniformity } from './uniformity.ts';
