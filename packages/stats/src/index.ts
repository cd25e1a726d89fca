export { chiSquareCriticalValue, chiSquareSurvival, noncentralChiSquareSurvival } from './chi-square.ts';
export { power, type SampleSizePlan, sampleSize } from './sample-size.ts';
export { uniformity } from './uniformity.ts';
