import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { RunningKind } from '@netproof/kind-node';
import type { Manifest } from '@netproof/kube';
import { buildAgnhost } from './kubernetes-module.ts';

/** Where it stands on the nodes and in the pods. */
const folder = '/opt/netproof-bench';
export const agnhost = `${folder}/agnhost`;
/** The container in which it serves and is called. */
export const agnhostContainer = 'agnhost';
/** No agent has taken it. */
const port = 8091;

/** Upstream's prober on every node, where a pod can mount it. @returns its size in bytes, and as an image packs it */
export async function agnhostToNodes(kind: RunningKind, nodes: readonly string[]) {
  const program = await readFile(join(await buildAgnhost(), 'agnhost'));
  // Written anew: the one of an earlier bench may still run.
  const write = `mkdir -p ${folder} && rm -f ${agnhost} && cat > ${agnhost} && chmod +x ${agnhost}`;
  for (const node of nodes) await kind.exec(node, ['sh', '-c', write], { input: program, deadline: 120_000 });
  return { bytes: program.length, packed: zstdCompressSync(program).length };
}

/** The pod with a second container beside its agent, of the same image, that serves as upstream's test pods do. */
export function withAgnhost(pod: Manifest): Manifest {
  const { containers, volumes, ...spec } = pod.spec as {
    containers: readonly object[];
    volumes: readonly object[];
  };
  const served = {
    ...containers[0],
    name: agnhostContainer,
    command: [agnhost, 'serve-hostname', '--http=false', '--tcp', `--port=${port}`],
    env: [],
    ports: [],
    startupProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 60 },
    volumeMounts: [{ name: 'agnhost', mountPath: folder, readOnly: true }],
  };
  const mounted = { name: 'agnhost', hostPath: { path: folder, type: 'Directory' } };
  return {
    ...pod,
    spec: { ...spec, containers: [...containers, served], volumes: [...volumes, mounted] },
  };
}

/** The command of one probe, as upstream's suites run it. */
export const connect = (address: string, port: number): readonly string[] => [
  ...[agnhost, 'connect', `${address}:${port}`],
  ...['--protocol=tcp', '--timeout=1s'],
];

/** The command of many probes, one after the other; a `+` for each that is answered. */
export const connectEach = (targets: readonly string[]): readonly string[] => [
  ...[
    'bash',
    '-c',
    `for it; do ${agnhost} connect "$it" --protocol=tcp --timeout=1s && echo +; done; exit 0`,
  ],
  ...['connect-each', ...targets],
];
