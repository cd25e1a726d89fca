import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from '../component.ts';
import { type Layer, writeLayer } from '../oci.ts';
import type { Argv } from '../tool.ts';
import { versions } from '../versions.ts';
import { goFolder, moduleSource } from './go.ts';

/** Files of ours that go into images. */
export const filesFolder: string = join(import.meta.dirname, '..', '..', 'files');

/** What nobody reads on a node or in a pod. */
const trimmed = ['doc', 'man', 'info', 'locale', 'lintian', 'bash-completion', 'zoneinfo'];

/** Tools of the agent, of kube-proxy and of the CNIs together: one layer that a node unpacks once for all of them. */
const basePackages = [
  ...['bash', 'iproute2', 'iptables', 'nftables', 'conntrack', 'ipset', 'kmod'],
  ...['iputils-ping', 'tcpdump'],
  // calico-node's processes are its services.
  'runit',
];

/** A link to services of runit's own, where Calico has a folder. */
const withoutServices = '--customize-hook=rm "$1/etc/service"';

/** What kind's own base image installs, and what people look for on a node. */
const nodePackages = [
  ...['systemd', 'dbus', 'conntrack', 'iptables', 'nftables', 'iproute2', 'ethtool', 'util-linux', 'mount'],
  ...['ebtables', 'ipset', 'kmod', 'libseccomp2', 'pigz', 'fuse-overlayfs', 'runc', 'bash', 'jq', 'curl'],
  ...['ca-certificates', 'procps', 'hostname', 'rsync', 'socat', 'iputils-ping', 'tcpdump'],
];

/**
 * The command that writes a Debian file system as a tar to its standard output. Its own mount and process
 * namespaces end with it, so that an interrupted one leaves no mount behind.
 */
function mmdebstrap(packages: readonly string[], options: readonly string[] = []): Argv {
  return [
    ...(['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const),
    ...['mmdebstrap', '--mode=root', '--variant=minbase', '--format=tar'],
    ...trimmed.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    `--include=${packages.join(',')}`,
    ...options,
    versions.debian,
    '-',
  ];
}

const env = { SOURCE_DATE_EPOCH: '0' };

/** Steps that mmdebstrap names, each on a line that begins with `I:`. */
const steps = 14;

function countSteps(report: (part: number) => void): (line: string) => void {
  let done = 0;
  return (line) => {
    if (line.startsWith('I: ')) report(++done / steps);
  };
}

/** The option that takes out what packages bring and nothing here reads: patterns of the shell, below `/`. */
export const without = (patterns: readonly string[]): string =>
  `--customize-hook=cd "$1" && rm -r ${patterns.join(' ')}`;

interface LayerPlan {
  readonly name: string;
  readonly doing: string;
  readonly packages: readonly string[];
  readonly cost: Component['cost'];
  readonly options?: readonly string[];
}

/** A layer for images: `layer.tar.zst` and, in `layer.json`, its {@link Layer}. */
export function debianLayer({ name, doing, packages, cost, options = [] }: LayerPlan): Component {
  const argv = mmdebstrap(packages, options);
  return {
    name,
    doing,
    recipe: { argv, env },
    sources: [],
    needs: [],
    cost,
    made: { name: 'debian', version: versions.debian, from: 'Debian packages of the day it was built' },
    async build(folder, { tools, scratch, report }) {
      const running = tools.start(argv, { env: { ...env, TMPDIR: scratch }, onLine: countSteps(report) });
      running.stdin.end();
      const [layer] = await Promise.all([
        writeLayer(running.stdout, join(folder, 'layer.tar.zst')),
        running.done,
      ]);
      await writeFile(join(folder, 'layer.json'), JSON.stringify(layer satisfies Layer));
    },
  };
}

export const debianBase: Component = debianLayer({
  name: 'debian-base',
  doing: 'installing Debian packages for the pods',
  packages: basePackages,
  options: [withoutServices],
  cost: { seconds: 14, mb: { cache: 180 } },
});

const hook = join(filesFolder, 'node', 'customize');
const runtime = join(filesFolder, 'runc-without-sys-resource');

/** `rootfs.tar`: the node's operating system, kind's files in place, without what Kubernetes brings. */
export const nodeSystem: Component = {
  name: 'node-system',
  doing: 'installing Debian packages for the nodes',
  recipe: { argv: mmdebstrap(nodePackages), env, pause: versions.pause },
  sources: [join(filesFolder, 'node'), runtime, goFolder('kind')],
  needs: [],
  cost: { seconds: 24, mb: { cache: 400 } },
  async build(folder, { tools, scratch, report }) {
    const kind = await moduleSource(tools, 'kind', 'sigs.k8s.io/kind');
    const argv = mmdebstrap(nodePackages, [`--customize-hook=${hook}`]);
    const running = tools.start(argv, {
      env: {
        ...env,
        TMPDIR: scratch,
        KIND_FILES: join(kind, 'images', 'base', 'files'),
        PAUSE_VERSION: versions.pause,
        OCI_RUNTIME: runtime,
      },
      onLine: countSteps(report),
    });
    running.stdin.end();
    const file = join(folder, 'rootfs.tar');
    await Promise.all([writeFile(file, running.stdout), running.done]);
  },
};
