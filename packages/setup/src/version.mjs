// @ts-check

/**
 * Whether a version is at least another. A pre-release counts as older than its release.
 *
 * @param {string} version `24.21.0`, `v24.21.0`, `25.0.0-nightly2026…`
 * @param {string} minimum
 */
export function atLeast(version, minimum) {
  const [a, b] = [parts(version), parts(minimum)];
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0;
    if (number !== other) return number > other;
  }
  return !a.preRelease || b.preRelease;
}

/** @param {string} version */
export function majorOf(version) {
  return parts(version).numbers[0];
}

/** @param {string} version */
function parts(version) {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(-)?/.exec(version.trim());
  if (found === null) return { numbers: [0, 0, 0], preRelease: false };
  return { numbers: found.slice(1, 4).map(Number), preRelease: found[4] !== undefined };
}
