// @ts-check
import { SetupError } from './error.mjs';

/** What `main.mjs` can do once the machine is set up. */
export const modes = /** @type {const} */ (['netproof', 'test', 'check', 'unit', 'bench']);

/**
 * @typedef {typeof modes[number]} Mode
 *
 * @param {readonly string[]} argv without Node.js and the script
 * @returns {{ mode: Mode, args: string[] }}
 * @throws {SetupError} `USAGE`
 */
export function parseMode([word, ...args]) {
  const mode = modes.find((one) => one === word);
  if (mode === undefined) {
    throw new SetupError(`${word === undefined ? 'no mode given' : `there is no mode "${word}"`}`, {
      code: 'USAGE',
      exit: 2,
      hint: `node packages/setup/src/main.mjs ${modes.join('|')} [ARGUMENT…]`,
    });
  }
  // `npm start -- --keep` and `pnpm start -- --keep` shall mean the same: npm takes the `--`, pnpm hands it on.
  const dashes = args.indexOf('--');
  if (dashes !== -1) args.splice(dashes, 1);
  return { mode, args };
}
