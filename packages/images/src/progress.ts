/** What is going on, for a progress bar. */
export interface Progress {
  /** For people, the longest first: `compiling Kubernetes, installing Debian packages`. */
  readonly doing: string;
  /** 0 to 1, by measured weights. */
  readonly fraction: number;
  /** Unknown until enough has been done to tell. */
  readonly secondsLeft?: number;
}

/** Below this fraction the pace is not known well enough for an estimate. */
const enough = 0.1;

interface Part {
  readonly doing: string;
  readonly weight: number;
  done: number;
  running: boolean;
}

/** Adds up how far each part is, weighted, and tells on each change. */
export class ProgressMeter {
  readonly #parts = new Map<string, Part>();
  readonly #tell: (progress: Progress) => void;
  readonly #start = performance.now();

  constructor(
    parts: readonly { readonly name: string; readonly doing: string; readonly weight: number }[],
    tell: (progress: Progress) => void,
  ) {
    for (const { name, doing, weight } of parts) {
      this.#parts.set(name, { doing, weight, done: 0, running: false });
    }
    this.#tell = tell;
  }

  started(name: string): void {
    this.#change(name, { running: true });
  }

  report(name: string, part: number): void {
    this.#change(name, { done: Math.min(1, Math.max(0, part)) });
  }

  finished(name: string): void {
    this.#change(name, { running: false, done: 1 });
  }

  #change(name: string, change: Partial<Part>): void {
    const part = this.#parts.get(name);
    if (part === undefined) return;
    Object.assign(part, change);
    const parts = [...this.#parts.values()];
    const all = parts.reduce((sum, { weight }) => sum + weight, 0);
    const fraction = parts.reduce((sum, { weight, done }) => sum + weight * done, 0) / all;
    const seconds = (performance.now() - this.#start) / 1000;
    const running = parts.filter((one) => one.running).sort((a, b) => b.weight - a.weight);
    this.#tell({
      doing: [...new Set(running.map((one) => one.doing))].join(', '),
      fraction,
      ...(fraction >= enough ? { secondsLeft: (seconds * (1 - fraction)) / fraction } : {}),
    });
  }
}
