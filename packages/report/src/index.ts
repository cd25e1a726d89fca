export { findRuns } from './find-runs.ts';
export type { CheckReport, Conclusion, Merged, Outcome, OutcomeWord, ReportModel, Results } from './model.ts';
export { type Journal, readJournal } from './read-journal.ts';
export { renderHtml } from './render-html.ts';
export { renderJson } from './render-json.ts';
export { reportSchema } from './schema.ts';
export { summarise } from './summarise.ts';
export { writeMergedReport } from './write-merged.ts';
export { type WrittenReports, writeReports } from './write-reports.ts';
