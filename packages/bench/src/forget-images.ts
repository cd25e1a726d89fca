import { execFileSync } from 'node:child_process';
import { keyLabel, refs } from '@netproof/images';

/** Removes the images of ours from Docker. They come back from the user's cache when they are needed. */
export function forgetImages(): void {
  const [agent] = refs.agent.split(':');
  const ids = new Set([`label=${keyLabel}`, `reference=${agent}`].flatMap(idsOf));
  if (ids.size > 0) execFileSync('docker', ['image', 'rm', '--force', ...ids]);
}

function idsOf(filter: string): string[] {
  const listing = ['image', 'ls', '--quiet', '--filter', filter];
  return execFileSync('docker', listing, { encoding: 'utf8' }).split('\n').filter(Boolean);
}
