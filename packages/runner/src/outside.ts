import { type Endpoint, outsideClient } from '@netproof/core';
import type { Images } from '@netproof/images';
import { startOutside, sweepOutside } from '@netproof/outside';
import { agentFile, bundleAgent } from '@netproof/probe';
import type { KindProviderOptions } from './kind-provider.ts';
import type { Provisioned } from './provision.ts';

/** What stands outside the cluster for one run. Leaving its `await using` block removes it, kept cluster or not. */
export interface Outside extends AsyncDisposable {
  readonly endpoints: Promise<readonly Endpoint[]>;
}

/** Begins to start a client outside the cluster where a check needs one. */
export function outsideOf(
  { checks, folder }: Pick<KindProviderOptions, 'checks' | 'folder'>,
  images: Images,
  { kindName }: Provisioned,
): Outside {
  const needed = checks.some(({ needs }) =>
    needs.some((need) => need.kind === 'feature' && need.feature === outsideClient),
  );
  if (!needed) return { endpoints: Promise.resolve([]), async [Symbol.asyncDispose]() {} };
  const start = async () => {
    const [image, agentSource] = await Promise.all([images.agentInDocker(), bundleAgent()]);
    return [await startOutside({ cluster: kindName, run: folder.id, image, agentSource, agentFile })];
  };
  const endpoints = start();
  return {
    endpoints,
    async [Symbol.asyncDispose]() {
      // What is still on its way would appear after the sweep.
      await endpoints.catch(() => {});
      await sweepOutside((cluster) => cluster === kindName);
    },
  };
}
