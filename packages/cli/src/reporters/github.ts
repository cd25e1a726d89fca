import type { Told } from '@netproof/runner';
import { terminal } from '../terminal.ts';
import type { Reporter } from './reporter.ts';

/** An annotation of GitHub shows no more, in characters. */
const longest = 4_000;

/** The list for a log of GitHub Actions: what is good is folded by suite, what is not is an annotation as well. */
export function github(live?: boolean): Reporter {
  const list = terminal(live);
  let group: string | undefined;
  return {
    step: list.step,
    line(text, said) {
      if (text === '') return;
      const told = said?.event === 'result' ? said : undefined;
      const fold = told?.state === 'good' ? groupOf(told) : undefined;
      if (group !== undefined && fold !== group) list.line('::endgroup::');
      if (fold !== undefined && fold !== group) list.line(`::group::${data(fold)}`);
      group = fold;
      list.line(inert(text));
      if (told && told.state !== 'good') list.line(annotation(told));
    },
  };
}

function groupOf({ check, fault, cluster }: Told): string {
  return `${fault ?? check.split('/')[0]} on ${cluster}`;
}

function annotation(told: Told): string {
  const { check, fault, cluster, state, result, note, findings, evidence, again } = told;
  const under = fault === undefined ? '' : ` under ${fault}`;
  const why = [...(note === undefined ? [] : [note]), ...findings];
  const message = [
    ...(why.length > 0 ? why : [result]),
    ...(evidence === undefined ? [] : [`evidence: ${evidence}/`]),
    `again: ${again}`,
  ].join('\n');
  const title = `${check} on ${cluster}${under}`;
  const kind = state === 'red' ? 'error' : 'warning';
  return `::${kind} file=${property(`suites/${check}.ts`)},title=${property(title)}::${data(message.slice(0, longest))}`;
}

/** A text in which GitHub finds no command: at the start of a line, or in the old form anywhere. */
export function inert(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
