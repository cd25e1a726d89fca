/** One piece of work that waits for others. */
export interface Task {
  readonly name: string;
  readonly needs: readonly Task[];
  /** Expected seconds: what lies on the longest way to the end starts first. */
  readonly seconds: number;
  /** Work of one kind shares that kind's slots. */
  readonly slot: string;
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Runs tasks, each after what it needs, as many of a kind at once as it has slots.
 * The first failure, or the signal, stops the others; it rejects when all have ended.
 */
export async function runGraph(
  tasks: readonly Task[],
  slots: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const toEnd = lengthToEnd(tasks);
  const waiting = [...tasks].sort((a, b) => (toEnd.get(b) ?? 0) - (toEnd.get(a) ?? 0));
  const done = new Set<Task>();
  const running = new Map<Task, Promise<void>>();

  const start = (task: Task) => {
    const work = async () => {
      try {
        await task.run(stop);
        done.add(task);
      } catch (error) {
        failed.abort(error);
      } finally {
        running.delete(task);
      }
    };
    running.set(task, work());
  };

  const mayStart = (task: Task) => {
    const busy = [...running.keys()].filter(({ slot }) => slot === task.slot).length;
    return busy < (slots[task.slot] ?? 1) && task.needs.every((need) => done.has(need));
  };

  while (!stop.aborted) {
    for (let next = waiting.findIndex(mayStart); next >= 0; next = waiting.findIndex(mayStart)) {
      for (const task of waiting.splice(next, 1)) start(task);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  stop.throwIfAborted();
  const stuck = waiting.map(({ name }) => name).join(', ');
  if (stuck !== '') throw new Error(`nothing in the list makes what these wait for: ${stuck}`);
}

/** Seconds from a task's start to the end of the longest chain that waits for it. */
function lengthToEnd(tasks: readonly Task[]): ReadonlyMap<Task, number> {
  const lengths = new Map<Task, number>();
  const lengthOf = (task: Task): number => {
    const known = lengths.get(task);
    if (known !== undefined) return known;
    const after = tasks.filter(({ needs }) => needs.includes(task)).map(lengthOf);
    const length = task.seconds + Math.max(0, ...after);
    lengths.set(task, length);
    return length;
  };
  for (const task of tasks) lengthOf(task);
  return lengths;
}
