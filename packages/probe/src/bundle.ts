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
    // dns-packet is CommonJS and requires modules of Node, which a module of ours can only import
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    write: false,
    logLevel: 'silent', // what is wrong is in the error that is thrown
  });
  return outputFiles.map(({ text }) => text).join('');
}
