import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Component, Cost } from '../component.ts';
import type { Tools } from '../tool.ts';

/** The Go module of a component: its go.mod pins it and all that it is built from. */
export const goFolder = (name: string): string => join(import.meta.dirname, '..', '..', 'go', name);

/** Without debug data, which nobody reads here: a fifth of the compiler's time and half of the size. */
const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-gcflags=all=-dwarf=false'];
const strip = '-s -w';

/** A compiler that spends memory rather than time on its own garbage. */
const compiler = { GOGC: '400', GOWORK: 'off' };

interface GoPlan {
  readonly name: string;
  readonly doing: string;
  readonly version: string;
  readonly from: string;
  /** What is compiled: the tools of its go.mod, or its own main package. */
  readonly main: 'tool' | '.';
  /** The binary's name where it is not the package's. */
  readonly output?: string;
  readonly tags?: readonly string[];
  /** Variables that the linker sets: `package.variable` to value. */
  readonly set?: Readonly<Record<string, string>>;
  /** Where C is compiled in: that too is linked statically, and Go's own code asks for names and users. */
  readonly cgo?: 'static';
  /** How many packages a build from nothing compiles, for its progress. */
  readonly packages: number;
  readonly cost: Cost;
}

/** Programs of one Go module, statically linked. */
export function goPrograms(plan: GoPlan): Component {
  const { name, doing, version, from, main, output = '', set = {}, cgo, packages, cost } = plan;
  const tags = [...(plan.tags ?? []), ...(cgo ? ['netgo', 'osusergo'] : [])];
  const variables = Object.entries(set).map(([variable, value]) => `-X ${variable}=${value}`);
  const link = [strip, ...variables, ...(cgo ? ['-extldflags=-static'] : [])].join(' ');
  const arguments_ = [...flags, '-tags', tags.join(','), '-ldflags', link];
  const env = { CGO_ENABLED: cgo ? '1' : '0', ...compiler };
  return {
    name,
    doing,
    recipe: { arguments_, env, main, output },
    sources: [goFolder(name)],
    needs: [],
    cost: { ...cost, compiles: true },
    made: { name, version, from },
    async build(folder, { tools, scratch, report }) {
      let compiled = 0;
      await tools.run(['go', 'build', '-v', ...arguments_, '-o', join(folder, output), main], {
        cwd: goFolder(name),
        env: { ...env, GOTMPDIR: scratch },
        // With -v, go names each package that it compiles or links on a line of its own.
        onLine: (line) => {
          if (!line.startsWith('go: ')) report(++compiled / packages);
        },
      });
    },
  };
}

/** The folder of a module's sources in Go's module cache, downloaded where it is not there. */
export async function moduleSource(tools: Tools, name: string, module: string): Promise<string> {
  const json = await tools.run(['go', 'mod', 'download', '-json', module], { cwd: goFolder(name) });
  return (JSON.parse(json) as { Dir: string }).Dir;
}

interface FilesPlan {
  readonly name: string;
  /** The folder below `go/` whose go.mod pins the module. */
  readonly go: string;
  readonly module: string;
  /** Files and folders of the module, which keep their paths. */
  readonly paths: readonly string[];
  /** Those of them that are run: a Go module keeps no permissions. */
  readonly executable?: readonly string[];
}

/** Its files keep the paths that they have in the module. */
export interface ModuleFiles extends Component, Pick<FilesPlan, 'paths'> {}

/** Files of a Go module as they are there: manifests, charts. */
export function moduleFiles({ name, go, module, paths, executable = [] }: FilesPlan): ModuleFiles {
  return {
    name,
    paths,
    doing: `fetching ${name}`,
    recipe: { module, paths, executable },
    sources: [goFolder(go)],
    needs: [],
    cost: { seconds: 2, mb: { cache: 2 } },
    async build(folder, { tools }) {
      const source = await moduleSource(tools, go, module);
      for (const path of paths) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        // Go's module cache is read-only, and what is built here must be removable.
        await cp(join(source, path), join(folder, path), { recursive: true });
      }
      await tools.run(['chmod', '-R', 'u+w', folder]);
      for (const path of executable) await tools.run(['chmod', '-R', 'a+x', join(folder, path)]);
    },
  };
}
