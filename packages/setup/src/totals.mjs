// @ts-check

/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Totals
 *
 * One part of a test run: what a command was, how it ended, and what it counted, if it came to write that.
 * `failures`: what failed in it, one line each.
 * `mayBeOpen`: some of it may stay undecided (exit code 5), which is then counted as skipped.
 * @typedef {{ readonly title: string, readonly exitCode: number, readonly totals: Totals | undefined,
 *   readonly failures: readonly string[], readonly mayBeOpen?: boolean }} Part
 */

/**
 * What failed on the clusters of a command, one line each; nothing where it did not come to write that.
 *
 * @param {string} json of a document with `{ "clusters": [{ "failures": […] }] }`
 * @returns {readonly string[]}
 */
export function failuresIn(json) {
  const clusters = Object(document(json)).clusters;
  return Array.isArray(clusters) ? clusters.flatMap((one) => Object(one).failures ?? []) : [];
}

/**
 * The totals that a command wrote; undefined where they are not there or not counts. A failure that a cluster records as
 * known neither passes nor fails the run: it counts as skipped.
 *
 * @param {string} json of a document with `{ "totals": { "passed", "failed", "skipped" } }`
 * @returns {Totals | undefined}
 */
export function totalsIn(json) {
  const { passed, failed, skipped, known = 0 } = Object(Object(document(json)).totals);
  return [passed, failed, skipped, known].every((count) => Number.isInteger(count) && count >= 0)
    ? { passed, failed, skipped: skipped + known }
    : undefined;
}

/**
 * @param {string} json
 * @returns {unknown}
 */
function document(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * Adds the parts up. A part that did not count, that ended badly and counted no failure, or that tested nothing,
 * is one failure more: the last line alone must show that something is wrong. `complaints` are these, and what failed
 * in the parts.
 *
 * @param {readonly Part[]} parts
 * @returns {{ totals: Totals, complaints: string[], exitCode: 0 | 1 }}
 */
export function sum(parts) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const complaints = parts.flatMap((part) => {
    const bad = complaint(part);
    totals.passed += part.totals?.passed ?? 0;
    totals.failed += (part.totals?.failed ?? 0) + (bad === undefined ? 0 : 1);
    totals.skipped += part.totals?.skipped ?? 0;
    return [
      ...part.failures.map((failure) => `${part.title}: ${failure}`),
      ...(bad === undefined ? [] : [bad]),
    ];
  });
  return { totals, complaints, exitCode: totals.failed > 0 || parts.length === 0 ? 1 : 0 };
}

/** @param {Part} part */
function complaint({ title, exitCode, totals, mayBeOpen = false }) {
  if (totals === undefined) return `${title} ended with exit code ${exitCode} and without its results`;
  const open = mayBeOpen && exitCode === 5 && totals.skipped > 0 && totals.skipped < totals.passed;
  if (exitCode !== 0 && totals.failed === 0 && !open) return `${title} ended with exit code ${exitCode}`;
  if (totals.passed + totals.failed === 0) return `${title} tested nothing`;
  return undefined;
}

/** @param {Totals} totals */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
