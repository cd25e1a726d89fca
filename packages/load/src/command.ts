import { readFile } from 'node:fs/promises';
import { type Arm, bounds } from '@netproof/core';

export interface ArmPlan {
  readonly arm: Arm;
  readonly url: string;
  /** Id of the endpoint that must answer. */
  readonly server: string;
}

/** k6 without its REST server, its report on its use, its search for extensions: it speaks to our server alone. */
const k6 = [
  'K6_AUTO_EXTENSION_RESOLUTION=false',
  'k6 run --quiet --no-usage-report --summary-mode=disabled --no-thresholds',
  "--address '' --log-output=stdout --log-format=raw",
].join(' ');

/*
 * $0 is the plan and $1 the script. k6 runs until it is told to stop by a line, and no longer than whoever tells it:
 * the end of the stream ends it too. What it holds of the machine is read before and after. A shell without job
 * control takes a background command's standard input away, so a copy of it is read.
 */
const shell = `
noise() {
  echo "noise $(head -n 1 /proc/stat) $(cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null | tr '\\n' ' ')"
}
exec 3<&0
noise
printf %s "$1" | PLAN="$0" ${k6} - 2>&1 & k6=$!
{ read -r stop <&3; kill -KILL $k6; } 2>/dev/null & stopper=$!
wait $k6 2>/dev/null
noise
kill -KILL $stopper 2>/dev/null
`;

/** The command that runs one arm in an endpoint's container; see turns.js for what it says. */
export async function armCommand({ arm, url, server }: ArmPlan): Promise<readonly string[]> {
  const script = await readFile(new URL('./turns.js', import.meta.url), 'utf8');
  const plan = {
    arm,
    url,
    server,
    turn: bounds.latencyTurn,
    patience: `${bounds.silence}ms`,
    longest: `${bounds.latency}ms`,
  };
  return ['sh', '-c', shell, JSON.stringify(plan), script];
}
