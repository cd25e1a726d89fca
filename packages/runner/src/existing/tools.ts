import { exitCode, icmpEcho, loadTool, NetproofError } from '@netproof/core';
import type { Kube } from '@netproof/kube';

/** By features, what an image of probes lacks for them. */
export type Lacking = Readonly<Record<string, string>>;

/*
 * Node is there, because the agent runs. It tries what checks use: a ping other than that of iputils takes other options,
 * one without its capability sends nothing.
 */
const script = `const { spawnSync } = require('node:child_process');
const works = (...argv) => spawnSync(argv[0], argv.slice(1), { timeout: 5000 }).status === 0;
console.log(JSON.stringify({
  ping: works('ping', '-n', '-c', '1', '-W', '1', '-M', 'do', '127.0.0.1'),
  k6: works('k6', 'version') && works('sh', '-c', 'command -v head cat tr'),
}));`;

/**
 * Asks the image of a probe for what checks use beside Node.
 *
 * @throws NetproofError `IMAGE_UNKNOWN` (exit 3) where it does not answer
 */
export async function toolsLacking(kube: Pick<Kube, 'exec'>, image: string): Promise<Lacking> {
  const at = { namespace: 'netproof-x', pod: 'a', container: 'agent' };
  const { stdout, stderr, exitCode: code } = await kube.exec(at, ['node', '-e', script]);
  if (code !== 0) {
    throw new NetproofError(
      `the image ${image} does not say which tools it has: ${stderr.trim() || `exit ${code}`}`,
      {
        code: 'IMAGE_UNKNOWN',
        exit: exitCode.environment,
        hint: 'give an image with Node.js 24 at `node`: --agent-image REF',
      },
    );
  }
  const { ping, k6 } = JSON.parse(stdout) as { ping: boolean; k6: boolean };
  return {
    ...(!ping && { [icmpEcho]: 'the agent image has no ping of iputils that works' }),
    ...(!k6 && { [loadTool]: 'the agent image has no k6' }),
  };
}
