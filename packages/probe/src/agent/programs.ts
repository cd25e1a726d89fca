import { keep } from './keep.ts';
import type { Lapses } from './lapses.ts';
import { packets } from './packets.ts';
import { probe } from './probe.ts';
import { resolve } from './resolve.ts';
import { sample } from './sample.ts';
import { watch } from './watch.ts';
import { type Ask, loopback, ownServer, type Program, type Report, type Result } from './wire.ts';

type Finished = Extract<Report, { type: 'result' | 'failed' }>;

/** Where the agent's own server listens. */
interface OwnServer {
  readonly address: string;
  readonly ports: readonly number[];
}

interface Entry {
  finished?: Finished;
  /** Who asked last; a stream that was lost is replaced by the one that asks again. */
  deliver: (finished: Finished) => void;
}

/**
 * The programs of this agent by their ids. Each runs once, however often it is asked for, and its result is
 * kept until it is forgotten on request: so the loss of a stream neither loses a result nor probes twice.
 */
export class Programs {
  readonly #entries = new Map<string, Entry>();
  readonly #lapses: Lapses;
  readonly #own: OwnServer;
  readonly #told: Promise<void>;
  #letGo = Promise.withResolvers<void>();

  /** @param told resolves when the agent's process is told to end */
  constructor(lapses: Lapses, own: OwnServer, told: Promise<void>) {
    this.#lapses = lapses;
    this.#own = own;
    this.#told = told;
  }

  /** @param waited for how long it has been asked for */
  run(id: string, program: Program, waited: number, deliver: Entry['deliver']): void {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      known.deliver = deliver;
      if (known.finished !== undefined) deliver(known.finished);
      return;
    }
    const entry: Entry = { deliver };
    this.#entries.set(id, entry);
    this.#start(program, waited).then(
      (result) => finish(entry, { type: 'result', id, result }),
      (error: unknown) => finish(entry, { type: 'failed', id, reason: String(error) }),
    );
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  #located(ask: Ask): Ask {
    if (ask.address !== ownServer) return ask;
    if (ask.protocol === 'ICMP') return { ...ask, address: loopback };
    const { address, ports } = this.#own;
    return { ...ask, address, port: ports.includes(ask.port) ? ask.port : (ports[0] ?? ask.port) };
  }

  async #start(program: Program, waited: number): Promise<Result> {
    switch (program.verb) {
      case 'probe': {
        const asks = program.asks.map((ask) => this.#located(ask));
        return probe({ ...program, asks }, waited, this.#lapses);
      }
      case 'sample':
        return sample(program);
      case 'resolve':
        return resolve(program);
      case 'watch':
        return watch(program);
      case 'clock':
        return { now: performance.now() };
      case 'keep':
        return keep(program, this.#letGo.promise);
      case 'let-go':
        this.#letGo.resolve();
        this.#letGo = Promise.withResolvers();
        return { now: performance.now() };
      case 'stalls':
        return { stalls: this.#lapses.stalls.all() };
      case 'packets':
        return packets();
      case 'ending':
        await this.#told;
        return { now: performance.now() };
      default:
        throw new Error(`no verb ${(program satisfies never as { verb: string }).verb}`);
    }
  }
}

function finish(entry: Entry, finished: Finished): void {
  entry.finished = finished;
  entry.deliver(finished);
}
