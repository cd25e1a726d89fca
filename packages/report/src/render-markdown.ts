import { type Case, casesOf, isRed } from './cases.ts';
import { countKills } from './kills.ts';
import { block, cut, inline } from './markdown.ts';
import type { Merged, MergedRun } from './model.ts';
import { badness } from './outcome.ts';
import { suitesOf, tallyOf, wordOf } from './suite-rows.ts';
import { outcomeWords, signs } from './words.ts';

/** In characters. GitHub shows a megabyte as a step's summary, and takes 65 536 characters as a comment. */
export const longest = 60_000;
/** Findings of one check, and characters of each. */
const most = { findings: 3, message: 500 };
/** Characters of a name: a suite's, a cluster's. */
const name = 60;

/** The report in a page of GitHub's Markdown: verdict, suites × clusters, and what is wrong while there is room. */
export function renderMarkdown(merged: Merged): string {
  const { conclusion, totals, runs } = merged;
  const sign = signs[conclusion.result];
  const head = `**${sign.glyph} ${sign.word}** ${inline(conclusion.sentence, 1_000)}

${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped${totals.known === undefined ? '' : `, ${totals.known} known to fail`}
`;
  const table = `${matrix(merged)}${endings(merged)}`;
  const whole = table.length <= longest / 2;
  const page = `${head}\n${whole ? table : 'Suites × clusters are too many to be shown here.\n'}`;
  const wrong = runs
    .flatMap((run) => casesOf(run))
    .filter(({ result }) => isRed(result) || result === 'inconclusive' || result === 'known')
    .toSorted((a, b) => badness.indexOf(a.result) - badness.indexOf(b.result))
    .map(finding);
  return withRoom(page, wrong);
}

/** As many findings as there is room for, and how many more there are. */
function withRoom(page: string, findings: readonly string[]): string {
  let text = page;
  for (const [at, finding] of findings.entries()) {
    if (text.length + finding.length > longest)
      return `${text}\nand ${findings.length - at} more in the other reports\n`;
    text += finding;
  }
  return text;
}

function matrix(merged: Merged): string {
  const { runs } = merged;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const verdict = ({ model }: MergedRun) => {
    const { glyph, word } = signs[model.conclusion.result];
    return `${glyph} ${word}`;
  };
  return [
    row(['', ...runs.map((run) => inline(run.name, name))]),
    row(['---', ...runs.map(() => '---')]),
    row(['Verdict', ...runs.map(verdict)]),
    ...suitesOf(merged).map(({ suite, checks }) =>
      row([
        inline(suite, name),
        ...runs.map((run, at) => {
          const { worst, many, of } = tallyOf(checks.map(({ outcomes }) => wordOf(run, outcomes[at])));
          if (worst === undefined) return 'not planned';
          const figures =
            worst === 'not-applicable' ? '' : worst === 'pass' ? `${many} ` : `${many} of ${of} `;
          return `${signs[worst].glyph} ${figures}${outcomeWords[worst]}`;
        }),
      ]),
    ),
    ...(runs.some(({ model }) => model.killMatrix) ? [row(['Kill matrix', ...runs.map(kills)])] : []),
  ].join('');
}

/** How each of several runs ended that did not pass; a single one is told in the verdict. */
function endings({ runs }: Merged): string {
  const others = runs.filter(({ model }) => runs.length > 1 && model.conclusion.result !== 'pass');
  const lines = others.map(
    ({ name: run, model: { conclusion } }) =>
      `- ${signs[conclusion.result].glyph} ${inline(run, name)}\\: ${inline(conclusion.sentence)}\n`,
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

function kills({ model: { killMatrix } }: MergedRun): string {
  if (killMatrix === undefined) return 'not tried';
  const { expected, unexpected } = countKills(killMatrix);
  return `${signs[unexpected > 0 ? 'fail' : 'pass'].glyph} ${expected} as expected, ${unexpected} not`;
}

function finding({ name, result, messages, evidence, again }: Case): string {
  const more = messages.length - most.findings;
  const lines = [
    ...messages.slice(0, most.findings).map((message) => cut(message, most.message)),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(evidence === undefined ? [] : [`evidence: ${evidence}/`]),
    ...(again === undefined ? [] : [`again: ${again}`]),
  ];
  return `\n**${signs[result].glyph} ${inline(name)}**\n\n${block(lines.join('\n'))}`;
}
