export { type LoadPlan, openLoad } from './load.ts';
