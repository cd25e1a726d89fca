// @ts-check

/**
 * Shows that something is done that takes a while. On a terminal one line with a running clock, elsewhere
 * (a log of CI) one line at the start and one at the end. On stderr: stdout belongs to results.
 *
 * @template T
 * @param {string} title `installing Node.js 24.21.0`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const live = Boolean(process.stderr.isTTY) && !process.env.CI;
  const show = live
    ? (/** @type {string} */ text) => process.stderr.write(`\r\u001b[K• ${text}`)
    : (/** @type {string} */ text) => process.stderr.write(`• ${text}\n`);
  show(`${title} …`);
  const clock = setInterval(() => show(`${title} … ${seconds()}`), live ? 1_000 : 15_000);
  try {
    const result = await work();
    show(`${title}: ${seconds()}`);
    return result;
  } catch (error) {
    show(`${title}: failed after ${seconds()}`);
    throw error;
  } finally {
    clearInterval(clock);
    if (live) process.stderr.write('\n');
  }
}
