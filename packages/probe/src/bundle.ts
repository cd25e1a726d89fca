import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The agent as one file of JavaScript that needs nothing but Node 24. */
export async function bundleAgent(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./agent/main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    write: false,
    logLevel: 'silent', // what is wrong is in the error that is thrown
  });
  return outputFiles.map(({ text }) => text).join('');
}
