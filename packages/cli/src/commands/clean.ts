import { sweepClusters } from '@netproof/runner';
import { stopDocker } from '@netproof/setup/docker';

/** `netproof clean`: removes the clusters that killed runs left and those that were kept, and our dockerd. */
export async function cleanCommand({ docker = false }: { readonly docker?: boolean }): Promise<number> {
  for (const { kindName, kept } of await sweepClusters({ kept: true })) {
    process.stdout.write(`removed ${kindName}${kept ? ', which was kept' : ', left by a killed run'}\n`);
  }
  if (docker && (await stopDocker()))
    process.stdout.write('stopped the Docker Engine that netproof had started\n');
  return 0;
}
