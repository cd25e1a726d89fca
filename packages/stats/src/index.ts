export { chiSquareCriticalValue, chiSquareSurvival, noncentralChiSquareSurvival } from './chi-square.ts';
export { connectionsToSeeAll } from './coverage.ts';
export { rateAtMost } from './rate.ts';
export { power, type SampleSizePlan, sampleSize } from './sample-size.ts';
export { uniformity } from './uniformity.ts';
