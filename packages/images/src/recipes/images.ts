import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildSite, Component } from '../component.ts';
import { type Layer, type RunConfig, writeImageLayout, writeLayer } from '../oci.ts';
import { refs, versions } from '../versions.ts';
import { debianBase, filesFolder } from './debian.ts';
import { nodeBinary } from './node-binary.ts';
import { cniPlugins, coredns, etcd, k6, kubernetes, pause } from './programs.ts';

interface ImagePlan {
  readonly name: string;
  readonly ref: string;
  /** Absolute path in the image to the component and the file or folder of it. */
  readonly files: Readonly<Record<string, readonly [Component, string]>>;
  readonly config: RunConfig;
  /** On Debian with the tools of {@link debianBase}; otherwise nothing but its files. */
  readonly debian?: boolean;
  readonly made?: Component['made'];
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Same files, same bytes: whenever and by whomever they are packed. */
const tar = ['tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'] as const;

const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** An image as an OCI archive, `image.tar`. */
function image(plan: ImagePlan): Component {
  const from = Object.values(plan.files).map(([component]) => component);
  const base = plan.debian ? [debianBase] : [];
  const files = Object.entries(plan.files).map(([to, [component, file]]) => [to, component.name, file]);
  const { name, ref, config, debian, made } = plan;
  return {
    name: `image-${name}`,
    doing: 'packing images',
    recipe: { ref, files, config, debian, tar },
    sources: [
      join(import.meta.dirname, '..', 'oci.ts'),
      ...(debian ? [join(filesFolder, 'iptables-like-the-node')] : []),
    ],
    needs: [...new Set([...base, ...from])],
    cost: { seconds: 1, mb: { cache: debian ? 80 : 25 } },
    ...(made ? { made } : {}),
    async build(folder, site) {
      const root = join(site.scratch, 'root');
      await fill(root, plan, site);
      const packed = join(site.scratch, 'layer.tar.zst');
      const packing = site.tools.start([...tar, '-C', root, '-c', '.']);
      const [own] = await Promise.all([writeLayer(packing.stdout, packed), packing.done]);
      const layout = join(site.scratch, 'layout');
      const layers = [...(debian ? [await baseLayer(site)] : []), { ...own, file: packed }];
      await writeImageLayout(layout, { ref, layers, config });
      await site.tools.run([...tar, '-C', layout, '-cf', join(folder, 'image.tar'), '.']);
    },
  };
}

async function fill(root: string, { files, debian }: ImagePlan, site: BuildSite): Promise<void> {
  for (const [to, [component, file]] of Object.entries(files)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(site.file(component, file), join(root, to), { recursive: true });
  }
  if (!debian) return;
  const sbin = join(root, 'usr', 'local', 'sbin');
  await mkdir(sbin, { recursive: true });
  await cp(join(filesFolder, 'iptables-like-the-node'), join(sbin, 'iptables-like-the-node'));
  for (const name of iptablesNames) await symlink('iptables-like-the-node', join(sbin, name));
}

async function baseLayer(site: BuildSite): Promise<Layer & { file: string }> {
  const layer = JSON.parse(await readFile(site.file(debianBase, 'layer.json'), 'utf8')) as Layer;
  return { ...layer, file: site.file(debianBase, 'layer.tar.zst') };
}

const labels = (from: string) => ({ Labels: { 'dev.netproof.built-from': from } });
const kubernetesFrom = `k8s.io/kubernetes ${versions.kubernetes}`;

const kubernetesImage = (name: string, debian: boolean): Component =>
  image({
    name,
    ref: `registry.k8s.io/${name}:${versions.kubernetes}`,
    files: { [`/usr/local/bin/${name}`]: [kubernetes, name] },
    config: { Entrypoint: [`/usr/local/bin/${name}`], Env: [path], ...labels(kubernetesFrom) },
    debian,
  });

/** What kubeadm of this Kubernetes runs, by its names for them. */
export const clusterImages: readonly Component[] = [
  kubernetesImage('kube-apiserver', false),
  kubernetesImage('kube-controller-manager', false),
  kubernetesImage('kube-scheduler', false),
  kubernetesImage('kube-proxy', true),
  image({
    name: 'etcd',
    ref: `registry.k8s.io/etcd:${versions.etcdTag}`,
    files: { '/usr/local/bin/etcd': [etcd, 'etcd'] },
    config: { Entrypoint: ['/usr/local/bin/etcd'], Env: [path], ...labels(`etcd ${versions.etcd}`) },
  }),
  image({
    name: 'coredns',
    ref: `registry.k8s.io/coredns/coredns:${versions.coredns}`,
    files: { '/coredns': [coredns, 'coredns'] },
    config: { Entrypoint: ['/coredns'], ...labels(`github.com/coredns/coredns ${versions.coredns}`) },
  }),
  image({
    name: 'pause',
    ref: refs.pause,
    files: { '/pause': [pause, 'pause'] },
    config: { Entrypoint: ['/pause'], ...labels(kubernetesFrom) },
  }),
];

/** Runs the agent of `packages/probe`, which a ConfigMap brings, and k6 beside it. */
export const agentImage: Component = image({
  name: 'agent',
  ref: refs.agent,
  files: { '/usr/local/bin/node': [nodeBinary, 'node'], '/usr/local/bin/k6': [k6, 'k6'] },
  config: { Cmd: ['node'], Env: [path], ...labels(`Node.js ${versions.node}, k6 ${versions.k6}`) },
  debian: true,
  made: {
    name: refs.agent,
    version: versions.node,
    from: `Debian ${versions.debian}, Node.js ${versions.node} and k6 ${versions.k6}`,
  },
});

/** Runs the bridge CNI's installer, a script that its manifest brings. */
export const bridgeCniImage: Component = image({
  name: 'bridge-cni',
  ref: refs.bridgeCni,
  files: { '/usr/bin/kubectl': [kubernetes, 'kubectl'], '/opt/cni/bin': [cniPlugins, '.'] },
  config: { Cmd: ['bash'], Env: [path], ...labels(`CNI plugins ${versions.cniPlugins}`) },
  debian: true,
  made: {
    name: refs.bridgeCni,
    version: versions.cniPlugins,
    from: `Debian ${versions.debian}, CNI plugins ${versions.cniPlugins}, kubectl ${versions.kubernetes}`,
  },
});
