import { sleep } from 'k6';
import http from 'k6/http';

/*
 * Runs in k6. One user asks one server in its turns; the other arm, another k6 on the same machine, has the turns
 * between. A turn is a piece of the machine's clock, which both read, so they need not speak with each other.
 * Two turns, 2p and 2p + 1, are a pair; who goes first changes with each pair (A B, B A, …), so that a machine that
 * gets slower or faster favours nobody. Each turn is one line of JSON; netproof ends k6 when it has enough of them.
 */

const plan = JSON.parse(__ENV.PLAN);

export const options = {
  scenarios: {
    turns: { executor: 'per-vu-iterations', vus: 1, iterations: 100000, maxDuration: plan.longest },
  },
};

export default function turn() {
  let at = Math.floor(Date.now() / plan.turn) + 1;
  if (armOf(at) !== plan.arm) at += 1;
  if (armOf(at) !== plan.arm) at += 1;
  sleep((at * plan.turn - Date.now()) / 1000);
  // Go's client would take a connection that is kept although it is to close it, so each kind begins with one
  // request that is not counted: new ones use up the kept connection, kept ones make it again.
  const fresh = ask((at + 0.5) * plan.turn, { Connection: 'close' }, true);
  const kept = ask((at + 0.95) * plan.turn, {}, false);
  console.log(JSON.stringify({ turn: at, new: fresh, kept }));
}

function armOf(at) {
  const pair = Math.floor(at / 2);
  return (at + pair) % 2 === 0 ? 'path' : 'baseline';
}

/** Asks until the time is over, once at least, or until a request is lost; microseconds, its connection's included. */
function ask(until, headers, fresh) {
  const times = [];
  for (let asked = 0; ; asked += 1) {
    const { timings, error, body } = http.get(plan.url, { headers, timeout: plan.patience });
    if (error) return { times, lost: error };
    if (body !== plan.server)
      return { times, lost: `${body.slice(0, 40)} answered, expected ${plan.server}` };
    if (asked === 0) continue;
    // k6 reports no connecting where a connection was there already
    if (timings.connecting > 0 !== fresh)
      return { times, lost: `a connection was ${fresh ? 'not new' : 'not kept'}` };
    times.push(Math.round((timings.connecting + timings.duration) * 1000));
    if (Date.now() >= until) return { times };
  }
}
