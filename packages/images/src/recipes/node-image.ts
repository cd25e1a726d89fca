import { link, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { exitCode, NetproofError } from '@netproof/core';
import type { Cni } from '../cni/cni.ts';
import type { BuildSite, Component } from '../component.ts';
import { keyLabel, localImage } from '../docker.ts';
import { nodeRef, versions } from '../versions.ts';
import { nodeSystem } from './debian.ts';
import { importImages } from './image-store.ts';
import { agentImage, clusterImages } from './images.ts';
import { cniPlugins, containerd, criTools, kubernetes } from './programs.ts';

/** Where the programs go, as kind has it. */
const programs = [
  { component: kubernetes, files: ['kubelet', 'kubeadm', 'kubectl'], to: 'usr/bin' },
  { component: containerd, files: ['containerd', 'ctr', 'containerd-shim-runc-v2'], to: 'usr/local/bin' },
  { component: criTools, files: ['crictl'], to: 'usr/local/bin' },
] as const;

const made = new Map<Cni, Component>();

/** The node image of a CNI in the local Docker, with every image of its clusters inside. The same one each time. */
export function nodeImage(cni: Cni): Component {
  const known = made.get(cni) ?? nodeImageOf(cni);
  made.set(cni, known);
  return known;
}

function nodeImageOf(cni: Cni): Component {
  const ref = nodeRef(cni.name);
  const images = [...clusterImages, agentImage, ...cni.images];
  return {
    name: `node-image-${cni.name}`,
    doing: `putting the node image for ${cni.name} together`,
    recipe: { ref },
    sources: ['node-image.ts', 'image-store.ts'].map((file) => join(import.meta.dirname, file)),
    needs: [nodeSystem, kubernetes, containerd, criTools, cniPlugins, ...images],
    cost: { seconds: 35, mb: { docker: cni.nodeImageMb, cache: cni.nodeImageMb } },
    made: {
      name: ref,
      version: versions.kubernetes,
      from: `Debian ${versions.debian}, Kubernetes ${versions.kubernetes}, containerd ${versions.containerd}, files of kind ${versions.kind}`,
    },

    async present(key, tools) {
      return (await localImage(tools, ref))?.key === key;
    },

    async build(_folder, site) {
      const tree = join(site.scratch, 'tree');
      await mkdir(tree);
      await site.tools.run([
        'tar',
        '-xpf',
        site.file(nodeSystem, 'rootfs.tar'),
        '-C',
        tree,
        '--numeric-owner',
      ]);
      for (const { component, files, to } of programs) {
        for (const file of files) await link(site.file(component, file), join(tree, to, file));
      }
      const plugins = site.file(cniPlugins, '.');
      for (const file of await readdir(plugins))
        await link(join(plugins, file), join(tree, 'opt/cni/bin', file));
      await writeFile(join(tree, 'kind', 'version'), `${versions.kubernetes}\n`);
      await writeFile(join(tree, 'etc', 'containerd', 'cri-base.json'), await runtimeSpec(site));
      site.report(0.2);
      await kubeadmIsContent(site);
      await importImages(site, containerd, images, tree);
      site.report(0.4);
      await intoDocker(site, tree, ref);
    },
  };
}

/** containerd's base for each container: with kind's hook, and without limits that a machine may not raise. */
async function runtimeSpec(site: BuildSite): Promise<string> {
  const spec = JSON.parse(await site.tools.run([site.file(containerd, 'ctr'), 'oci', 'spec']));
  delete spec.process.rlimits;
  spec.hooks = { createContainer: [{ path: '/kind/bin/mount-product-files.sh' }] };
  return JSON.stringify(spec);
}

/** A new Kubernetes may ask for images under other names; then no node would start, so say it here. */
async function kubeadmIsContent(site: BuildSite): Promise<void> {
  const argv = ['config', 'images', 'list', '--kubernetes-version', versions.kubernetes];
  const asked = (await site.tools.run([site.file(kubernetes, 'kubeadm'), ...argv])).trim().split('\n');
  const offered = clusterImages.map(({ recipe }) => (recipe as { ref: string }).ref);
  const missing = asked.filter((ref) => !offered.includes(ref));
  if (missing.length === 0) return;
  throw new NetproofError(
    `kubeadm ${versions.kubernetes} asks for ${missing.join(', ')}, which is not built`,
    {
      code: 'IMAGES_DIFFER',
      exit: exitCode.defect,
      hint: `packages/images/src/versions.ts must name it; built are ${offered.join(', ')}`,
    },
  );
}

async function intoDocker({ tools, key, report }: BuildSite, tree: string, ref: string): Promise<void> {
  const packing = tools.start(['tar', '-C', tree, '--numeric-owner', '-c', '.']);
  const entrypoint = JSON.stringify(['/usr/local/bin/entrypoint', '/sbin/init']);
  const changes = [`ENTRYPOINT ${entrypoint}`, 'ENV container=docker', `LABEL ${keyLabel}=${key}`];
  const importing = tools.start(['docker', 'import', ...changes.flatMap((one) => ['--change', one]), '-']);
  const [id] = await Promise.all([
    text(importing.stdout),
    pipeline(packing.stdout, importing.stdin),
    packing.done,
    importing.done,
  ]);
  report(0.9);
  // `docker import` cannot set a stop signal. The old builder can, on any Docker, from an image without a name.
  const building = tools.start(['docker', 'build', '--quiet', '--tag', ref, '-'], {
    env: { DOCKER_BUILDKIT: '0' },
  });
  building.stdin.end(`FROM ${id.trim()}\nSTOPSIGNAL SIGRTMIN+3\n`);
  building.stdout.resume();
  await building.done;
}
