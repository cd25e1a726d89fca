import { NetproofError } from '@netproof/core';
import type { Place } from './mirror.ts';
import type { Tools } from './tool.ts';

/** The label under which an image that was built here carries its key. */
export const keyLabel = 'dev.netproof.key';

/** What is known of an image in the local Docker. */
export interface LocalImage {
  readonly id: string;
  /** The key with which it was built here. */
  readonly key?: string;
  /** `repository@sha256:…` where it was pulled. */
  readonly digest?: string;
}

/** Looks an image up in the local Docker. Rejects with `TOOL_FAILED` when no Docker answers. */
export async function localImage(tools: Tools, ref: string): Promise<LocalImage | undefined> {
  try {
    const [image] = JSON.parse(await tools.run(['docker', 'image', 'inspect', ref])) as [DockerImage];
    const key = image.Config?.Labels?.[keyLabel];
    const digest = image.RepoDigests?.[0];
    return {
      id: image.Id,
      ...(key === undefined ? {} : { key }),
      ...(digest === undefined ? {} : { digest }),
    };
  } catch (error) {
    tools.signal.throwIfAborted();
    // An image that is not there and a Docker that is not look alike, but only one of them has a version.
    if (error instanceof NetproofError) await tools.run(['docker', 'version']);
    else throw error;
    return undefined;
  }
}

/** Removes images that were built here before, have lost their name since and are used by no container. */
export async function removeUnused(tools: Tools): Promise<void> {
  const filters = ['--filter', `label=${keyLabel}`, '--filter', 'dangling=true'];
  const ids = (await tools.run(['docker', 'image', 'ls', '--quiet', ...filters])).split('\n').filter(Boolean);
  for (const id of ids) {
    // Docker refuses while a container uses it; the log says so.
    await tools.run(['docker', 'image', 'rm', id]).catch(() => tools.signal.throwIfAborted());
  }
}

interface DockerImage {
  readonly Id: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly RepoDigests?: readonly string[] | null;
}

/** A registry that is there answers within this: DNS, TCP, TLS and a manifest, on a slow line. */
const answerBound = 8_000;

/**
 * Pulls an image, of a mirror where one is named, under its own name. False where no registry has it or none answers
 * within {@link answerBound}; from its first answer on there is no bound, because a slow line is not a missing registry.
 */
export async function pulled(tools: Tools, ref: string, mirror?: Place): Promise<boolean> {
  const from = mirror ? `${mirror.name}/${ref}` : ref;
  const pulling = tools.start(['docker', 'pull', from]);
  pulling.stdin.end();
  const silent = setTimeout(() => void pulling.stop(), answerBound);
  // Docker's first line, "Pulling from …", comes when the registry has answered with a manifest.
  pulling.stdout.once('data', () => clearTimeout(silent)).resume();
  try {
    await pulling.done;
    if (from !== ref) await tools.run(['docker', 'tag', from, ref]);
    return (await localImage(tools, ref)) !== undefined;
  } catch (error) {
    if (error instanceof NetproofError && error.code === 'TOOL_FAILED') return false;
    throw error;
  } finally {
    clearTimeout(silent);
  }
}
