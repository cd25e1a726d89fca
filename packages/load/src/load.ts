import { type Arm, arms, bounds, connections, type LatencyPlan, type Load } from '@netproof/core';
import { type Open, type Running, startArm } from './arm.ts';
import { comparison } from './comparison.ts';
import { lookedAt } from './looks.ts';

export interface LoadPlan {
  readonly open: Open;
  /** Where every endpoint answers HTTP with its id. */
  readonly port: number;
}

/** Comparisons by k6, which stands in the image of every endpoint. */
export function openLoad({ open, port }: LoadPlan): Load {
  return {
    async compare(plan) {
      const progress = Promise.withResolvers<void>();
      const running: Partial<Record<Arm, Running>> = {};
      const look = () => {
        const { path, baseline } = running;
        if (!path || !baseline) return;
        if (lookedAt(plan, { path: path.turns, baseline: baseline.turns }).enough) progress.resolve();
      };
      await startBoth(plan, running, open, port, look);
      const { path, baseline } = running as Record<Arm, Running>;
      const late = setTimeout(() => progress.resolve(), bounds.latency);
      const never = setTimeout(() => {
        if (path.turns.length === 0 || baseline.turns.length === 0) progress.resolve();
      }, bounds.latencyStart);
      await Promise.race([progress.promise, path.over, baseline.over]);
      clearTimeout(late);
      clearTimeout(never);
      const ended = await Promise.allSettled([path.stop(), baseline.stop()]);
      const noises = ended.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
      const turns = { path: path.turns, baseline: baseline.turns };
      const { pairs } = lookedAt(plan, turns);
      return connections.map((kind) => comparison(kind, plan, turns, noises, pairs));
    },
  };
}

/** Both at once, since each waits for its first turn; where one does not start the other is let go. */
async function startBoth(
  { routes }: LatencyPlan,
  running: Partial<Record<Arm, Running>>,
  open: Open,
  port: number,
  onTurn: () => void,
): Promise<void> {
  const started = await Promise.allSettled(
    arms.map(async (arm) => {
      const { source, target } = routes[arm];
      const url = `http://${target.ip.includes(':') ? `[${target.ip}]` : target.ip}:${port}/`;
      running[arm] = await startArm(source, { arm, url, server: target.id }, open, onTurn);
    }),
  );
  const failed = started.find((one) => one.status === 'rejected');
  if (failed === undefined) return;
  for (const one of Object.values(running)) one.drop();
  throw failed.reason;
}
