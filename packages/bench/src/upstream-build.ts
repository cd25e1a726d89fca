import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versions } from '@netproof/images';
import { agnhostInto, buildFlags, built, go, pinned } from './kubernetes-module.ts';

/** Upstream's programs and images, built from the Go module that netproof's Kubernetes is built from. */
export interface Upstream {
  readonly e2e: string;
  readonly kubectl: string;
  /** An archive of the images that the cases ask for. */
  readonly images: string;
}

const execute = promisify(execFile);

/** The images of the cases that netproof's checks cover, at the versions that the program asks for. */
const tags = { 'glibc-dns-testing': '2.0.0', agnhost: '2.63.0' };
const registry = 'registry.k8s.io/e2e-test-images';

/** What the Dockerfiles of the two images install, by Debian's names. */
const packages = ['bash', 'bind9-dnsutils', 'curl', 'iperf', 'iproute2', 'netcat-openbsd', 'util-linux'];

/*
 * The glibc image is Debian bookworm upstream too. agnhost's is Alpine, which is not to be had without a registry:
 * here it has the same tools from Debian. Neither has the CoreDNS of its Dockerfile, so the cases that start
 * a DNS server of their own cannot run.
 */
const dockerfile = `
FROM scratch AS glibc-dns-testing
ADD rootfs.tar /
LABEL dev.netproof.built-from="Debian ${versions.debian}"
CMD ["bash"]
FROM glibc-dns-testing AS agnhost
COPY agnhost agnhost-2 localhost.crt localhost.key /
LABEL dev.netproof.built-from="k8s.io/kubernetes ${versions.kubernetes} on Debian ${versions.debian} in place of Alpine"
ENTRYPOINT ["/agnhost"]
CMD ["pause"]
`;

/** Builds what is not there yet, into a folder that later calls find again. Compiling takes minutes. */
export async function buildUpstream(): Promise<Upstream> {
  const folder = await built('upstream', async (scratch) => {
    await programs(scratch);
    await images(scratch);
  });
  return {
    e2e: join(folder, 'e2e.test'),
    kubectl: join(folder, 'kubectl'),
    images: join(folder, 'images.tar'),
  };
}

async function programs(folder: string): Promise<void> {
  await pinned(folder);
  await agnhostInto(folder);
  await go(folder, 'build', ...buildFlags(), '-o', 'kubectl', 'k8s.io/kubernetes/cmd/kubectl');
  await go(folder, 'test', '-c', ...buildFlags(), '-o', 'e2e.test', 'k8s.io/kubernetes/test/e2e');
}

async function images(folder: string): Promise<void> {
  const { stdout } = await go(folder, 'list', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes');
  const sources = join(stdout.trim(), 'test/images');
  const context = join(folder, 'context');
  await mkdir(context);
  // Its own mount and process namespaces, so that an interrupted one leaves no mount behind.
  await execute('unshare', [
    ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['mmdebstrap', '--mode=root', '--variant=minbase', `--include=${packages.join(',')}`],
    ...[versions.debian, join(context, 'rootfs.tar')],
  ]);
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  await rename(join(folder, 'agnhost'), join(context, 'agnhost'));
  await symlink('agnhost', join(context, 'agnhost-2'));
  for (const file of ['localhost.crt', 'localhost.key'])
    await copyFile(join(sources, 'agnhost/porter', file), join(context, file));
  const { stdout: asked } = await execute(join(folder, 'e2e.test'), ['--list-images']);
  const refs: string[] = [];
  for (const [name, tag] of Object.entries(tags)) {
    const ref = `${registry}/${name}:${tag}`;
    if (!asked.includes(`${ref}\n`)) throw new Error(`e2e.test does not ask for ${ref}; it lists:\n${asked}`);
    await execute('docker', ['build', '--quiet', '--target', name, '--tag', ref, context]);
    refs.push(ref);
  }
  await execute('docker', ['save', '--output', join(folder, 'images.tar'), ...refs]);
  await execute('docker', ['rmi', ...refs]);
  await rm(context, { recursive: true });
}
