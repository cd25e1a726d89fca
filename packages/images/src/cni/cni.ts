import type { Component } from '../component.ts';
import type { ModuleFiles } from '../recipes/go.ts';

/** What a CNI brings: the images that run it, and what installs it. */
export interface Cni {
  /** As `spec.cni.name` of a cluster has it. */
  readonly name: string;
  /** As `spec.cni.version` of our clusters has it. */
  readonly version: string;
  /** Images that its manifests run, baked into its node image. */
  readonly images: readonly Component[];
  /** What its node image takes, in MB. */
  readonly nodeImageMb: number;
  /**
   * Its manifests or its chart, unmodified: files of its pinned Go module at the module's own paths. Absent where
   * the cluster's folder holds all.
   */
  readonly upstream?: ModuleFiles;
  /** The program `helm`, where `upstream` is a chart. */
  readonly helm?: Component;
}
