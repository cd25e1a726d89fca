import {
  bounds,
  type Cell,
  type CheckContext,
  type Endpoint,
  type MatrixPlan,
  type Port,
  policyPods,
  policyPorts,
  type Target,
  targetOf,
} from '@netproof/core';
import type { Oracle, PolicyVerdict, Question, TruthTable, Via } from '@netproof/policy';
import { oracleId } from './world.ts';

/** By the pod's address, and by the address of a Service of that pod alone. */
const ways: readonly (Via | undefined)[] = [undefined, 'ClusterIP'];

/** A cell of a sample, and what the policies say of it. */
export interface Held {
  readonly cell: Cell;
  readonly via: Via | undefined;
  readonly expected: PolicyVerdict;
}

/** Whether a cell shows that its traffic passes; undefined where nothing is known. */
export function observed({ verdict, answered }: Cell): 'allowed' | 'denied' | undefined {
  if (verdict === 'connected') return 'allowed';
  // One of several attempts that is answered is a leak.
  if (answered > 0) return undefined;
  return verdict === 'dropped' || verdict === 'refused' || verdict === 'unreachable' ? 'denied' : undefined;
}

/** Whether a cell shows something else than the policies say. What is left open, and what is not known, does not. */
export function isWrong({ cell, expected }: Held): boolean {
  if (expected === 'implementation-defined' || cell.verdict === 'probe-error') return false;
  return observed(cell) !== expected;
}

/** Whether a pair that is denied was answered, were it once. */
export const isLeak = ({ cell, expected }: Held): boolean =>
  expected === 'denied' && (cell.verdict === 'connected' || cell.answered > 0);

/** Whether the pair itself was answered, were it once. An answer by somebody else is of another pair. */
export const isAnswered = ({ cell }: Held): boolean =>
  cell.answered > 0 && cell.verdict !== 'wrong-peer' && cell.verdict !== 'probe-error';

export const isUnknown = ({ cell, expected }: Held): boolean =>
  expected !== 'implementation-defined' && cell.verdict === 'probe-error';

/** What the oracle is asked of a cell; policies have no words for ICMP. */
export function questionOf({ cell, via }: Pick<Held, 'cell' | 'via'>): Question | undefined {
  const { source, target, port } = cell;
  if (port.protocol === 'ICMP') return undefined;
  const to = oracleId(target.endpoint ?? source);
  return { from: oracleId(source), to, via, protocol: port.protocol, port: port.port };
}

/** Every pair of pods, both ways, and on request each with who is outside: on every port, what is asked in each step. */
export class Field {
  readonly pods: readonly Endpoint[];
  /** The pods, and who is outside of the cluster, whom they ask and who does not ask them. */
  readonly places: readonly Endpoint[];
  /** Whether the last step had come to what its policies say by its second sample. */
  swift = true;
  readonly #probes: CheckContext['probes'];
  readonly #services: readonly Target[];

  private constructor(
    places: readonly Endpoint[],
    services: readonly Target[],
    probes: CheckContext['probes'],
  ) {
    this.places = places;
    this.pods = policyPods(places);
    this.#services = services;
    this.#probes = probes;
  }

  static async of(
    { cluster, probes }: Pick<CheckContext, 'cluster' | 'probes'>,
    outside = false,
  ): Promise<Field> {
    const pods = policyPods(probes.endpoints);
    const others = outside ? probes.endpoints.filter(({ kind }) => kind === 'outside') : [];
    const services = pods.map(async (endpoint): Promise<Target> => {
      const [namespace = '', name = ''] = oracleId(endpoint).split('/');
      const { clusterIP } = await cluster.service(namespace, name);
      return { ...targetOf(endpoint), label: `Service ${endpoint.id}`, address: clusterIP };
    });
    return new Field([...pods, ...others], await Promise.all(services), probes);
  }

  /** A quick look, which may take a late answer for none. */
  look(oracle: Oracle): Promise<readonly Held[]> {
    return this.#ask(oracle, { silence: bounds.lookSilence, nextAttempt: bounds.silence });
  }

  /** What is judged. */
  sample(oracle: Oracle): Promise<readonly Held[]> {
    return this.#ask(oracle);
  }

  /** Asks all of it once and holds it against the oracle. */
  async #ask(oracle: Oracle, window?: MatrixPlan['window']): Promise<readonly Held[]> {
    const targets = [this.places.map(targetOf), this.#services];
    const table = await this.#probes.matrix({
      sources: this.pods,
      targets: targets.flat(),
      pairs: (source, target) => source !== target.endpoint,
      ports: policyPorts,
      ...(window && { window }),
      untold: true,
    });
    const truth = new Map(ways.map((via) => [via, verdicts(oracle.table(policyPorts, via))]));
    return table.cells.map((cell) => {
      const via = cell.target.address === cell.target.endpoint?.ip ? undefined : 'ClusterIP';
      const key = keyOf(cell.source, cell.target.endpoint, cell.port);
      const expected = truth.get(via)?.get(key);
      // Left out in silence, a pair would be judged by nobody.
      if (expected === undefined) throw new Error(`the oracle has no answer for ${key}`);
      return { cell, via, expected };
    });
  }

  /** The grids of a sample, for people: one for each way and port. */
  grids(held: readonly Held[]): { title: string; expected: string; observed: string }[] {
    return ways.flatMap((via) =>
      policyPorts.map((port) => {
        const own = new Map(
          held
            .filter((one) => one.via === via && samePort(one.cell.port, port))
            .map((one) => [keyOf(one.cell.source, one.cell.target.endpoint, port), one]),
        );
        const letters = (letter: (one: Held) => string) =>
          this.places
            .flatMap((from) => this.places.map((to) => own.get(keyOf(from, to, port))))
            .map((one) => (one ? letter(one) : '?'))
            .join('');
        return {
          title: `${via ?? 'pod address'}, ${port.protocol} ${port.port}`,
          expected: letters(({ expected }) => letterOf[expected]),
          observed: letters(({ cell }) => letterOf[observed(cell) ?? 'implementation-defined']),
        };
      }),
    );
  }
}

const letterOf = { allowed: '.', denied: 'X', 'implementation-defined': '?' } as const;

const samePort = (one: Port, other: Port) => one.protocol === other.protocol && one.port === other.port;

const keyOf = (from: Endpoint, to: Endpoint | undefined, { protocol, port }: Port): string =>
  `${from.id} ${to?.id} ${protocol} ${port}`;

function verdicts({ cells }: TruthTable): ReadonlyMap<string, PolicyVerdict> {
  const short = (id: string) => id.replace(/^netproof-/, '');
  return new Map(
    cells.map(({ from, to, protocol, port, verdict }) => [
      `${short(from)} ${short(to)} ${protocol} ${port}`,
      verdict,
    ]),
  );
}
