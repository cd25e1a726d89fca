import { claims, exitCode, NetproofError, ownFeatures } from '@netproof/core';
import { z } from 'zod';
import { divergenceProblems, divergences } from './divergences.ts';
import { kindProblems } from './kind-config.ts';
import { atLines, type LocatedYaml, locatedYaml, shapeProblems } from './located-yaml.ts';

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
const claim = z.enum(claims, {
  error: ({ input }) =>
    ownFeatures.some((one) => one === input)
      ? `${input} is no claim, but found out: leave it out`
      : `there is no claim ${input}; there are: ${claims.join(', ')}`,
});

/** `netproof-NAME-3fa9c1-control-plane` is the name of a host, which has 63 characters. */
const longestName = 33;

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
  metadata: z.strictObject({
    name: name.max(longestName, `longer than ${longestName} characters, too long for the names of its nodes`),
  }),
  spec: z.strictObject({
    /** Whether `--cni` takes this variant of its CNI. */
    default: z.boolean().default(false),
    cni: z.strictObject({ name, version: cniVersion, mode: z.string() }),
    kubernetes: version,
    kubeProxy: z.enum(['iptables', 'nftables', 'ipvs', 'none']),
    podSubnet: z.cidrv4(),
    claims: z.array(claim).min(1),
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

/** What a `cluster.yaml` must agree with. */
export interface Beside {
  /** The ids of all checks, which its divergences may name; without them they may name any. */
  readonly checks?: readonly string[] | undefined;
  /** The `kind.yaml` of its folder. */
  readonly kind?: LocatedYaml | undefined;
}

/**
 * Reads the text of a `cluster.yaml`.
 *
 * @param file names the text in messages
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with every problem of the file, each with its line
 */
export function parseClusterFile(text: string, file: string, { checks, kind }: Beside = {}): ClusterFile {
  const { content, lineOf } = locatedYaml(text, file);
  const parsed = clusterSchema.safeParse(content);
  const beside = [...divergenceProblems(content, checks), ...(kind ? kindProblems(content, kind) : [])];
  const wrong = [...shapeProblems(parsed.error), ...beside].map(({ path, message }) => ({
    line: lineOf(path),
    message: `${path.join('.') || 'the file'}: ${message}`,
  }));
  if (!parsed.success || wrong.length > 0) {
    throw new NetproofError(`${file} is not a cluster:\n${atLines(file, wrong)}`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'clusters/README.md lists the fields',
    });
  }
  return { name: parsed.data.metadata.name, spec: parsed.data.spec };
}
