import { chmod, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildSite, Component } from '../component.ts';
import { type Layer, type RunConfig, writeImageLayout, writeLayer } from '../oci.ts';
import { filesFolder } from './debian.ts';

export interface ImagePlan {
  readonly name: string;
  readonly ref: string;
  /** Absolute path in the image to the component and the file or folder of it. */
  readonly files: Readonly<Record<string, readonly [Component, string]>>;
  readonly config: RunConfig;
  /** Empty folders that any user may write to. */
  readonly writable?: readonly string[];
  /** A layer of Debian packages below its files, which other images share; otherwise nothing but its files. */
  readonly base?: Component;
  readonly made?: Component['made'];
}

export const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Same files, same bytes: whenever and by whomever they are packed. */
const tar = ['tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'] as const;

const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** An image as an OCI archive, `image.tar`. */
export function image(plan: ImagePlan): Component {
  const from = Object.values(plan.files).map(([component]) => component);
  const files = Object.entries(plan.files).map(([to, [component, file]]) => [to, component.name, file]);
  const { name, ref, config, writable = [], base, made } = plan;
  return {
    name: `image-${name}`,
    doing: 'packing images',
    recipe: { ref, files, config, writable, base: base !== undefined, tar },
    sources: [
      join(import.meta.dirname, '..', 'oci.ts'),
      ...(base ? [join(filesFolder, 'iptables-like-the-node')] : []),
    ],
    needs: [...new Set([...(base ? [base] : []), ...from])],
    cost: { seconds: 1, mb: { cache: base ? 80 : 25 } },
    ...(made ? { made } : {}),
    async build(folder, site) {
      const root = join(site.scratch, 'root');
      await fill(root, plan, site);
      const packed = join(site.scratch, 'layer.tar.zst');
      const packing = site.tools.start([...tar, '-C', root, '-c', '.']);
      const [own] = await Promise.all([writeLayer(packing.stdout, packed), packing.done]);
      const layout = join(site.scratch, 'layout');
      const layers = [...(base ? [await layerOf(base, site)] : []), { ...own, file: packed }];
      await writeImageLayout(layout, { ref, layers, config });
      await site.tools.run([...tar, '-C', layout, '-cf', join(folder, 'image.tar'), '.']);
    },
  };
}

async function fill(root: string, plan: ImagePlan, site: BuildSite): Promise<void> {
  const { files, writable = [], base } = plan;
  for (const [to, [component, file]] of Object.entries(files)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    // As links: a program under two names is one file in the layer too.
    await site.tools.run(['cp', '-rlT', site.file(component, file), join(root, to)]);
  }
  for (const folder of writable) {
    await mkdir(join(root, folder), { recursive: true });
    await chmod(join(root, folder), 0o777);
  }
  if (!base) return;
  const sbin = join(root, 'usr', 'local', 'sbin');
  await mkdir(sbin, { recursive: true });
  await cp(join(filesFolder, 'iptables-like-the-node'), join(sbin, 'iptables-like-the-node'));
  for (const name of iptablesNames) await symlink('iptables-like-the-node', join(sbin, name));
}

async function layerOf(base: Component, site: BuildSite): Promise<Layer & { file: string }> {
  const layer = JSON.parse(await readFile(site.file(base, 'layer.json'), 'utf8')) as Layer;
  return { ...layer, file: site.file(base, 'layer.tar.zst') };
}

/** Labels that say what an image was built from. */
export const labels = (from: string) => ({ Labels: { 'dev.netproof.built-from': from } });
