import type { Tools } from './tool.ts';

/** What is left to do and for how long, measured from nothing on 2 cores; only its proportions matter. */
export interface Cost {
  readonly seconds: number;
  /** Whether it is a compiler, of which few may run side by side. */
  readonly compiles?: boolean;
  /** Disk in MB that it fills: its output, Go's module cache, Go's build cache, Docker's folder. */
  readonly mb: {
    readonly cache?: number;
    readonly goModules?: number;
    readonly goBuild?: number;
    readonly docker?: number;
  };
}

/** One thing that is built, out of files and other components. */
export interface Component {
  readonly name: string;
  /** What happens while it is built, for people: `compiling Kubernetes`. */
  readonly doing: string;
  /** All that decides its content and is neither a file nor another component: flags, packages, names. */
  readonly recipe: object;
  /** Files and folders whose content decides its content. */
  readonly sources: readonly string[];
  readonly needs: readonly Component[];
  readonly cost: Cost;
  /** What the report says of it; absent where it is only a step on the way. */
  readonly made?: { readonly name: string; readonly version: string; readonly from: string };
  /** Fills an empty folder, which then goes into the cache. */
  build(folder: string, site: BuildSite): Promise<void>;
  /** Set where it does not live in the cache: whether it is where it belongs. */
  present?(key: string, tools: Tools): Promise<boolean>;
}

/** What a component's build may use. */
export interface BuildSite {
  readonly tools: Tools;
  readonly key: string;
  /** An empty folder that is removed afterwards. */
  readonly scratch: string;
  /** A file or folder of a component that it needs. */
  file(component: Component, path: string): string;
  /** How much is done, 0 to 1. */
  report(part: number): void;
}
