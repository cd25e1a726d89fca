// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './error.mjs';
import { nodeMinimum, nodeVersion } from './pins.mjs';
import { ensureTool, toolFolder } from './tool.mjs';
import { atLeast } from './version.mjs';

/** Whether the running Node.js will do. */
export function nodeSuffices(version = process.versions.node) {
  return atLeast(version, nodeMinimum);
}

/** @returns {string | undefined} the executable of a Node.js that will do, where one is there already */
export function presentNode() {
  if (nodeSuffices()) return process.execPath;
  const npmPackage = packageFor(process);
  if (npmPackage === undefined) return undefined;
  const node = executable(toolFolder('node', nodeVersion), npmPackage);
  return existsSync(node) ? node : undefined;
}

/**
 * A Node.js that runs this repository, in the cache.
 *
 * @returns {Promise<string>} the path of its executable
 * @throws {SetupError} `NODE_TOO_OLD` where npm has no Node.js for this machine
 */
export async function ensureNode() {
  const npmPackage = packageFor(process);
  if (npmPackage === undefined) {
    throw new SetupError(
      `netproof needs Node.js ${nodeMinimum} or newer; this is ${process.versions.node}, and there is none to install for this machine`,
      { code: 'NODE_TOO_OLD', hint: `install Node.js ${nodeVersion} and put it first on the PATH` },
    );
  }
  const folder = await ensureTool({ name: 'node', version: nodeVersion, npmPackage, title: 'Node.js' });
  return executable(folder, npmPackage);
}

/**
 * @param {string} folder
 * @param {string} npmPackage
 */
function executable(folder, npmPackage) {
  return join(folder, 'node_modules', npmPackage, 'bin', 'node');
}

/**
 * @param {{ platform: string, arch: string, report: { getReport(): unknown } }} machine
 * @returns {string | undefined} npm's package of Node.js for it; they are built against glibc
 */
function packageFor({ platform, arch, report }) {
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) return undefined;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (report.getReport());
  return header.glibcVersionRuntime === undefined ? undefined : `node-linux-${arch}`;
}
