import { exitCode, NetproofError } from '@netproof/core';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { divergenceProblems, divergences } from './divergences.ts';

const version = z.string().regex(/^v\d+\.\d+\.\d+$/, 'expected a version such as v1.36.3');
/** A maintainer's branch is no release. */
const cniVersion = z
  .string()
  .regex(/^v\d+\.\d+\.\d+([-+][\w.+-]+)?$/, 'expected a version such as v3.31.0 or v3.31.0-my-branch');
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'expected lower case letters, digits and dashes');
const workload = z
  .string()
  .regex(
    /^(daemonset|deployment)\/[a-z0-9-]+\/[a-z0-9.-]+$/,
    'expected daemonset/NAMESPACE/NAME or deployment/NAMESPACE/NAME',
  );
const file = z.string().regex(/^[^/].*\.ya?ml$/, 'expected a YAML file beside cluster.yaml');
const patches = z.array(file).default([]);

/** What is installed, in order: a file of the cluster's folder, or of the CNI's own module. */
const install = z.union(
  [
    z.strictObject({ manifest: file, patches }),
    z.strictObject({ upstream: z.string(), patches }),
    /** A chart of the module, rendered by helm. `set` may name the nodes: {@link placeholders}. */
    z.strictObject({
      chart: z.string(),
      namespace: name,
      values: z.array(file).default([]),
      set: z.record(z.string(), z.string()).default({}),
      patches,
    }),
  ],
  { error: 'expected one of manifest, upstream, or chart with its namespace' },
);

/** A file `cluster.yaml`: what `clusters/<name>/` holds and promises. */
const clusterSchema = z.strictObject({
  apiVersion: z.literal('netproof.dev/v1'),
  kind: z.literal('Cluster'),
  metadata: z.strictObject({ name }),
  spec: z.strictObject({
    /** Whether `--cni` takes this variant of its CNI. */
    default: z.boolean().default(false),
    cni: z.strictObject({ name, version: cniVersion, mode: z.string() }),
    kubernetes: version,
    kubeProxy: z.enum(['iptables', 'nftables', 'ipvs', 'none']),
    podSubnet: z.cidrv4(),
    claims: z.array(z.string()).min(1),
    install: z.array(install).min(1),
    ready: z.array(workload).min(1),
    /** What the kernel must have, as `netproof doctor` calls it. */
    kernel: z.array(z.string()).default([]),
    /** Own images for the nodes: archives of this folder, or names in the local Docker. */
    images: z.array(z.string()).default([]),
    /** Checks that are known to fail there. */
    divergences: divergences.default([]),
  }),
});

export type ClusterSpec = z.infer<typeof clusterSchema>['spec'];

export type Install = ClusterSpec['install'][number];

export interface ClusterFile {
  readonly name: string;
  readonly spec: ClusterSpec;
}

type Path = readonly PropertyKey[];

/**
 * Reads the text of a `cluster.yaml`.
 *
 * @param file names the text in messages
 * @param checks the ids of all, which its divergences may name; without them they may name any
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with every problem of the file, each with its line
 */
export function parseClusterFile(text: string, file: string, checks?: readonly string[]): ClusterFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message,
  }));
  if (problems.length > 0) throw broken(file, problems);

  /** The line of the key at a path, or of the closest node above it that exists. */
  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const above = document.getIn(path.slice(0, depth - 1), true);
      const wanted = path[depth - 1];
      const items = (above as { items?: unknown[] } | undefined)?.items ?? [];
      const at = typeof wanted === 'number' ? items[wanted] : items.find((item) => keyOf(item) === wanted);
      const node = (at as { key?: unknown } | undefined)?.key ?? at;
      const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
  };

  const content: unknown = document.toJS();
  const parsed = clusterSchema.safeParse(content);
  const issues = (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'no such field' }))
      : [issue],
  );
  const wrong = [...issues, ...divergenceProblems(content, checks)].map(({ path, message }) => ({
    line: lineOf(path),
    message: `${path.join('.') || 'the file'}: ${message}`,
  }));
  if (!parsed.success || wrong.length > 0) throw broken(file, wrong);
  return { name: parsed.data.metadata.name, spec: parsed.data.spec };
}

function keyOf(item: unknown): unknown {
  return (item as { key?: { value?: unknown } }).key?.value;
}

function broken(file: string, problems: readonly { line: number; message: string }[]): NetproofError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  return new NetproofError(
    `${file} is not a cluster:\n${sorted.map(({ line, message }) => `  ${file}:${line}: ${message}`).join('\n')}`,
    { code: 'CLUSTER_FILE', exit: exitCode.usage, hint: 'clusters/README.md lists the fields' },
  );
}
