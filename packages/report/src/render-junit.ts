import { type Case, casesOf, isRed } from './cases.ts';
import { type Html, html as xml } from './html.ts';
import type { Merged, MergedRun, ShownWord } from './model.ts';

/** A reader shows this much of a message in its list; the text below it has all. */
const gist = 300;
/** More findings of one check than these are in the other reports. */
const most = 20;

/**
 * The report as JUnit's XML, as Jenkins and GitLab read it: a suite for each suite on each cluster, its counts those of
 * the totals. So `inconclusive` is skipped, as everywhere here: noise makes nothing red, and whoever needs a decision
 * has the exit code, which is 5. So is what is known to fail. What ended in an error or in the middle is an error.
 */
export function renderJunit(merged: Merged): string {
  const all = merged.runs.map((run) => ({ run, cases: casesOf(run) }));
  const counts = countsOf(all.flatMap(({ cases }) => cases));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml`<testsuites name="netproof" ${counts}>
${all.map(({ run, cases }) =>
  [...Map.groupBy(cases, ({ suite }) => suite)].map(([suite, some]) => suiteOf(run, suite, some)),
)}</testsuites>
`}`;
}

function suiteOf({ name, model: { run, clusters } }: MergedRun, suite: string, cases: readonly Case[]): Html {
  const [cluster] = clusters;
  const facts = {
    ...(cluster && {
      cluster: cluster.name,
      cni: `${cluster.cni} ${cluster.cniVersion}`,
      kubernetes: cluster.kubernetes,
    }),
    run: run.id,
    netproof: run.netproof,
  };
  // The schema wants the time without its zone, which is UTC.
  return xml`<testsuite name="${suite} [${name}]" ${countsOf(cases)} timestamp="${run.started.slice(0, 19)}">
<properties>${Object.entries(facts).map(([fact, value]) => xml`<property name="${fact}" value="${value}"/>`)}</properties>
${cases.map(caseOf)}</testsuite>
`;
}

function caseOf(one: Case): Html {
  return xml`<testcase classname="${one.suite}" name="${one.name}" time="${seconds(one.ms)}">${endOf(one)}</testcase>
`;
}

const skipped: readonly ShownWord[] = ['not-applicable', 'known', 'inconclusive', 'not-run'];
const failed: readonly ShownWord[] = ['fail', 'unexpected-pass'];

function endOf(one: Case): Html | undefined {
  const { result, messages } = one;
  const message = (messages[0] ?? result).slice(0, gist);
  // It may fail for another reason than the known one.
  if (result === 'known') return xml`<skipped message="${message}">${textOf(one)}</skipped>`;
  if (skipped.includes(result)) {
    return xml`<skipped message="${result === 'not-applicable' ? '' : `${result}: `}${message}"/>`;
  }
  if (!isRed(result)) return undefined;
  return failed.includes(result)
    ? xml`<failure message="${message}" type="${result}">${textOf(one)}</failure>`
    : xml`<error message="${message}" type="${result}">${textOf(one)}</error>`;
}

function textOf({ messages, evidence, again }: Case): string {
  const more = messages.length - most;
  return [
    ...messages.slice(0, most),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(evidence === undefined ? [] : [`evidence: ${evidence}/`]),
    ...(again === undefined ? [] : [`again: ${again}`]),
  ].join('\n');
}

function countsOf(cases: readonly Case[]): Html {
  const count = (of: (result: ShownWord) => boolean) => cases.filter(({ result }) => of(result)).length;
  const failures = count((result) => failed.includes(result));
  const ms = cases.reduce((sum, one) => sum + one.ms, 0);
  return xml`tests="${cases.length}" failures="${failures}" errors="${count(isRed) - failures}" skipped="${count((result) => skipped.includes(result))}" time="${seconds(ms)}"`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
