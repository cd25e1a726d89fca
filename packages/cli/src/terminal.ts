import { styleText } from 'node:util';
import type { Ui } from '@netproof/runner';

const blank = '\r\u001b[K';

/**
 * Progress for people. On a terminal, one line with a running clock; elsewhere (a log), a line when a part
 * starts to take long, one for each further tenth of its progress, and one at its end.
 * Steps go to stderr, results to stdout, so that a pipe gets results only.
 */
export function terminal(live = Boolean(process.stderr.isTTY) && !process.env.CI): Ui {
  let current: (() => void) | undefined;
  const put = (text: string): void => {
    process.stderr.write(live ? `${blank}${text}` : `${text}\n`);
  };
  return {
    line(text) {
      if (live && current) process.stderr.write(blank);
      process.stdout.write(`${text}\n`);
      current?.();
    },
    async step(title, work) {
      const start = performance.now();
      const clock = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
      let detail = '';
      let told = '';
      const show = () => put(`• ${title} ${clock()}${detail ? `  ${detail}` : ''}`);
      const tell = () => {
        // In a log only what is new is worth a line: a percentage's tens, or another detail.
        const news = detail.replace(/^(\d*)\d %.*/, '$1');
        if (!live && news === told && told !== '') return;
        told = news;
        show();
      };
      const ticking = setInterval(live ? show : tell, live ? 250 : 2_000);
      if (live) current = show;
      try {
        const value = await work((text) => {
          detail = text;
        });
        put(`${styleText('green', '✓')} ${title} ${clock()}`);
        return value;
      } catch (error) {
        put(`${styleText('red', '✗')} ${title} ${clock()}`);
        throw error;
      } finally {
        clearInterval(ticking);
        current = undefined;
        if (live) process.stderr.write('\n');
      }
    },
  };
}
