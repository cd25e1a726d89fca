import { versions } from '@netproof/images';
import type { LocatedYaml } from './located-yaml.ts';

/** What both files of a cluster's folder say, and what kind takes where its own does not. */
const same = [
  { ours: 'kubeProxy', theirs: 'kubeProxyMode', usual: 'iptables' },
  { ours: 'podSubnet', theirs: 'podSubnet', usual: '10.244.0.0/16' },
] as const;

type Fields = Readonly<Record<string, unknown>> | null | undefined;

type Problem = { readonly path: readonly PropertyKey[]; readonly message: string };

/**
 * Where a `cluster.yaml` says otherwise than the `kind.yaml` beside it, or one of them than the nodes' image, which is
 * netproof's whatever `kind.yaml` names: the cluster would be judged as another than the one that is made.
 *
 * @param file what the `cluster.yaml` says, whatever that is
 */
export function kindProblems(file: unknown, kind: LocatedYaml): readonly Problem[] {
  const spec = (file as { spec?: Fields } | null)?.spec;
  return [...kubernetesProblems(spec, kind), ...networkingProblems(spec, kind)];
}

function kubernetesProblems(spec: Fields, kind: LocatedYaml): readonly Problem[] {
  const path = ['spec', 'kubernetes'];
  const said = spec?.kubernetes;
  const nodes = (kind.content as { nodes?: unknown } | null)?.nodes;
  const images = (Array.isArray(nodes) ? (nodes as readonly Fields[]) : []).flatMap((node, at) =>
    node?.image === undefined
      ? []
      : [`${kind.file}:${kind.lineOf(['nodes', at, 'image'])}: nodes.${at}.image is ${node.image}`],
  );
  return [
    ...(typeof said === 'string' && said !== versions.kubernetes
      ? [{ path, message: `${said}, but the nodes that netproof makes are of ${versions.kubernetes}` }]
      : []),
    ...images.map((image) => ({
      path,
      message: `${said}, but ${image}: take that out, netproof gives the nodes their image`,
    })),
  ];
}

function networkingProblems(spec: Fields, kind: LocatedYaml): readonly Problem[] {
  const networking = (kind.content as { networking?: Fields } | null)?.networking;
  return same.flatMap(({ ours, theirs, usual }) => {
    const [said, there] = [spec?.[ours], networking?.[theirs] || undefined];
    // Of both families, each has a range there.
    if (
      typeof said !== 'string' ||
      String(there ?? usual)
        .split(',')
        .includes(said)
    )
      return [];
    const field = `${kind.file}:${kind.lineOf(['networking', theirs])}: networking.${theirs}`;
    const other =
      there === undefined ? `${field} is not set, which to kind is ${usual}` : `${field} is ${there}`;
    return [{ path: ['spec', ours], message: `${said}, but ${other}` }];
  });
}
