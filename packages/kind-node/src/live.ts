/*
 * For developers: makes a real cluster with this package, installs a CNI manifest while kind still joins the
 * workers, and prints when what was reached. Deletes it again, unless --keep.
 *   node packages/kind-node/src/live.ts --config KIND.yaml --manifest CNI.yaml [--image I] [--kind PATH] [--late] [--keep]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kindPlan, type StartingKind } from './index.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'kind-node-live' },
    config: { type: 'string' },
    manifest: { type: 'string' },
    image: { type: 'string' },
    kind: { type: 'string' },
    late: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const { name, config, manifest, image, kind, late, keep } = values;
if (config === undefined || manifest === undefined) throw new Error('--config and --manifest are needed');

const began = performance.now();
const at = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('Ctrl-C')));

const controlPlane = `${name}-control-plane`;
const kubectl = (cluster: StartingKind, argv: readonly string[], input?: string) =>
  cluster.exec(controlPlane, ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv], {
    signal: abort.signal,
    deadline: 180_000,
    input,
  });
const install = async (cluster: StartingKind) => {
  at('control plane answers');
  await kubectl(cluster, ['apply', '-f', '-'], await readFile(manifest, 'utf8'));
  at('manifest applied');
};

const folder = await mkdtemp(join(tmpdir(), 'kind-node-live-'));
try {
  const plan = kindPlan({ name, config, image, kind, kubeconfig: join(folder, 'kubeconfig') });
  await using running = await plan.create({
    signal: abort.signal,
    onLine: (line) => at(line),
    ...(late ? {} : { onControlPlane: install }),
  });
  at('created');
  if (keep) running.keep();
  if (late) await install(running);
  const wait = async (what: string, argv: readonly string[]) => {
    await kubectl(running, [...argv, '--timeout=180s']);
    at(what);
  };
  await Promise.all([
    wait('nodes Ready', ['wait', '--for=condition=Ready', 'nodes', '--all']),
    wait('DaemonSets Ready', ['--namespace=kube-system', 'rollout', 'status', 'daemonset']),
    wait('CoreDNS Ready', ['--namespace=kube-system', 'rollout', 'status', 'deployment/coredns']),
  ]);
} finally {
  await rm(folder, { recursive: true });
  at('ended');
}
