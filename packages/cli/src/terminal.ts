import { styleText } from 'node:util';
import type { Ui } from '@netproof/runner';

/** Takes the cursor's line away. */
export const blank = '\r\u001b[K';
/** Milliseconds between two looks at the clock: often on a terminal, rarely in a log. */
const tick = { live: 250, log: 2_000 };
/** Milliseconds after which a log gets a line although nothing is new, so that nobody takes it for dead. */
const silence = 20_000;

/** Whether somebody looks at stderr while it is written. */
export const isLive = (): boolean => Boolean(process.stderr.isTTY) && !process.env.CI;

/**
 * Progress for people. On a terminal, one line with a running clock; elsewhere (a log), a line when a part
 * takes long, one for each news of it, and one at its end. Of a percentage only the tens are news.
 * Steps go to stderr, results to stdout, so that a pipe gets results only; a line without text is for programs.
 */
export function terminal(live = isLive()): Ui {
  let redraw: (() => void) | undefined;
  const put = (text: string): void => {
    process.stderr.write(live ? `${blank}${text}` : `${text}\n`);
  };
  return {
    line(text) {
      if (text === '') return;
      if (redraw) process.stderr.write(blank);
      process.stdout.write(`${text}\n`);
      redraw?.();
    },
    async step(title, work) {
      const start = performance.now();
      const clock = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
      let detail = '';
      let told: { readonly news: string; readonly at: number } | undefined;
      const show = () => put(`• ${title} ${clock()}${detail ? `  ${detail}` : ''}`);
      const showNews = () => {
        const news = detail.replace(/^(\d*)\d %.*/, '$1');
        const now = performance.now();
        if (told && news === told.news && now - told.at < silence) return;
        told = { news, at: now };
        show();
      };
      const ticking = setInterval(live ? show : showNews, live ? tick.live : tick.log);
      if (live) redraw = show;
      let sign = styleText('red', '✗');
      try {
        const value = await work((text) => {
          detail = text;
        });
        sign = styleText('green', '✓');
        return value;
      } finally {
        clearInterval(ticking);
        redraw = undefined;
        put(`${sign} ${title} ${clock()}${live ? '\n' : ''}`);
      }
    },
  };
}
