import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** How the running kernel was built, where it or its package says so. */
export interface KernelConfig {
  /** The file that says so. */
  readonly file: string;
  /** `y` or `m` by option, without `CONFIG_`; an option that is not set is not here. */
  readonly options: ReadonlyMap<string, string>;
}

/** Where kernels and distributions put it. */
const places = ['/proc/config.gz', `/boot/config-${release()}`, `/lib/modules/${release()}/config`];

export async function kernelConfig(files: readonly string[] = places): Promise<KernelConfig | undefined> {
  for (const file of files) {
    const text = await textOf(file).catch(() => undefined);
    if (text === undefined) continue;
    const lines = text.matchAll(/^CONFIG_(\w+)=([ym])$/gm);
    return { file, options: new Map([...lines].map(([, name = '', value = '']) => [name, value])) };
  }
  return undefined;
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  return (file.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
}
