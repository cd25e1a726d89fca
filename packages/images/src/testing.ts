import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from './component.ts';

/** A folder for one test. */
export async function testFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'netproof-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A component that writes its content into `out`. */
export function component(name: string, over: Partial<Component> & { content?: string } = {}): Component {
  const { content = name, ...rest } = over;
  return {
    name,
    doing: `making ${name}`,
    recipe: { content },
    sources: [],
    needs: [],
    cost: { seconds: 1, mb: { cache: 10 } },
    build: (folder) => writeFile(join(folder, 'out'), content),
    ...rest,
  };
}
