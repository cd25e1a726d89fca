// @ts-check

/**
 * The machine lacks something. The same fields as core's NetproofError, so that the CLI prints it alike;
 * a class of its own, because core is TypeScript and an old Node cannot load that.
 */
export class SetupError extends Error {
  /**
   * @param {string} message what happened, where
   * @param {{ code: string, hint?: string | undefined, exit?: 2 | 3, cause?: unknown }} facts
   *   `code` in capitals, `hint` what the reader can do; `exit` 2 for bad usage, 3 for the machine (default)
   */
  constructor(message, { code, hint, exit = 3, cause }) {
    super(message, { cause });
    this.name = 'SetupError';
    this.code = code;
    this.exit = exit;
    this.hint = hint;
  }
}
