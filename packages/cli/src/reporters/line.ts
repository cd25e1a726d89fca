import { blank, isLive, terminal } from '../terminal.ts';
import type { Reporter } from './reporter.ts';

/** What is good on one line that is written anew, what is not on lines that stay. In a log, where none can, the list. */
export function line(live = isLive()): Reporter {
  const list = terminal(live);
  if (!live) return list;
  const many = { good: 0, known: 0, open: 0, red: 0 };
  return {
    step: list.step,
    line(text, said) {
      if (said?.event !== 'result' || said.state !== 'good') {
        process.stderr.write(blank);
        list.line(text);
      }
      if (said?.event !== 'result') return;
      many[said.state] += 1;
      const { good, known, open, red } = many;
      const so = `${good + known + open + red} done, ${red} failed, ${open} undecided  ${said.check}  ${said.cluster}`;
      // A line that the terminal has to break could not be taken away.
      process.stderr.write(`${blank}${so.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    },
  };
}
