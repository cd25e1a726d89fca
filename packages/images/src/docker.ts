import { NetproofError } from '@netproof/core';
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
  // `image ls` tells an image that is not there (nothing) from a Docker that is not (exit code 1).
  const id = (await tools.run(['docker', 'image', 'ls', '--quiet', '--no-trunc', ref])).trim();
  if (id === '') return undefined;
  const [image] = JSON.parse(await tools.run(['docker', 'image', 'inspect', id])) as DockerImage[];
  const key = image?.Config?.Labels?.[keyLabel];
  const digest = image?.RepoDigests?.[0];
  return { id, ...(key === undefined ? {} : { key }), ...(digest === undefined ? {} : { digest }) };
}

interface DockerImage {
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly RepoDigests?: readonly string[] | null;
}

/** A registry that is there answers within this: DNS, TCP, TLS and a manifest, on a slow line. */
const answerBound = 8_000;

/**
 * Pulls an image. False where no registry has it or none answers within {@link answerBound}; from its first
 * answer on there is no bound, because a slow line is not a missing registry.
 */
export async function pulled(tools: Tools, ref: string): Promise<boolean> {
  const pulling = tools.start(['docker', 'pull', ref]);
  pulling.stdin.end();
  const silent = setTimeout(() => void pulling.stop(), answerBound);
  // Docker's first line, "Pulling from …", comes when the registry has answered with a manifest.
  pulling.stdout.once('data', () => clearTimeout(silent)).resume();
  try {
    await pulling.done;
    return (await localImage(tools, ref)) !== undefined;
  } catch (error) {
    if (error instanceof NetproofError && error.code === 'TOOL_FAILED') return false;
    throw error;
  } finally {
    clearTimeout(silent);
  }
}
