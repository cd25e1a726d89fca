import { setTimeout as after } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  type Changed,
  exitCode,
  type Isolation,
  type IsolationState,
  type Labels,
  type Milliseconds,
  NetproofError,
  type ObjectName,
  type Tampering,
} from '@netproof/core';
import { type Kube, type Manifest, nameOf, namespacePrefix, podOf, runLabel } from '@netproof/kube';

const nothing: IsolationState = { policies: [] };

/** How late changes come, whether all policies are away until then, and how many came so. */
interface Late {
  readonly by: Milliseconds;
  readonly flush: boolean;
  count: number;
}

/** The policies of a cluster, and the labels that they select by. Disposing takes all of it back. */
export class ClusterIsolation implements Isolation, Tampering, AsyncDisposable {
  readonly #kube: Kube;
  readonly #run: string;
  readonly #spaces: readonly string[];
  #now = nothing;
  #turn: Promise<unknown> = Promise.resolve();
  /** When the state was last changed; at first, when we came. */
  #changed: Changed = { sentAt: performance.now(), acceptedAt: performance.now() };
  #tamper = (policy: ObjectName): ObjectName => policy;
  #late: Late | undefined;
  #lapsing: { readonly after: Milliseconds; count: number } | undefined;
  /** A change that was said to be made and is yet to come. Where it fails, whoever comes next is told. */
  #coming: Promise<void> | undefined;

  /** @param ids of the endpoints of the probes' pods: `x/a` */
  constructor(kube: Kube, run: string, ids: readonly string[]) {
    this.#kube = kube;
    this.#run = run;
    this.#spaces = [...new Set(ids.map((id) => podOf(id).namespace))];
  }

  async namespaces(): Promise<Readonly<Record<string, Labels>>> {
    await this.#arrived();
    const own = this.#spaces.map(async (name) => {
      const { metadata } = await this.#kube.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      return [name, (metadata as { labels?: Labels }).labels ?? {}] as const;
    });
    const changed = this.#now.namespaceLabels ?? {};
    return Object.fromEntries(
      (await Promise.all(own)).map(([name, labels]) => [name, without(labels, changed[name] ?? {})]),
    );
  }

  /** One after the other: who was given up may be in the midst of a change when the next one comes. */
  set(next: IsolationState): Promise<Changed> {
    return this.#inTurn(() => this.#set(next));
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #set(next: IsolationState): Promise<Changed> {
    await this.#arrived();
    if (isDeepStrictEqual(next, this.#now)) return this.#changed;
    const sentAt = performance.now();
    const late = this.#late;
    if (late === undefined || (late.flush && !this.#refills(next))) await this.#make(next);
    else {
      if (late.flush) await this.#flush();
      this.#comeLate(next, late);
    }
    this.#changed = { sentAt, acceptedAt: performance.now() };
    if (next.policies.length > 0) this.#lapse();
    return this.#changed;
  }

  /** Nobody is told of it, and what is set next is told apart from what was set. Where it fails it is not counted. */
  #lapse(): void {
    const [changed, lapsing] = [this.#changed, this.#lapsing];
    if (lapsing === undefined) return;
    const lapse = async () => {
      if (this.#changed !== changed || this.#lapsing !== lapsing) return;
      await this.#remove(this.#now.policies, []);
      lapsing.count += 1;
    };
    after(lapsing.after, undefined, { ref: false })
      .then(() => this.#inTurn(lapse))
      .catch(() => {});
  }

  /** Between none and some nothing is away that must be there. */
  #refills({ policies }: IsolationState): boolean {
    return policies.length > 0 && this.#now.policies.length > 0;
  }

  async #flush(): Promise<void> {
    await this.#remove(this.#now.policies, []);
    this.#now = { ...this.#now, policies: [] };
  }

  #comeLate(next: IsolationState, late: Late): void {
    const coming = after(late.by).then(async () => {
      await this.#make(next);
      late.count += 1;
    });
    coming.catch(() => {});
    this.#coming = coming;
  }

  async #arrived(): Promise<void> {
    const coming = this.#coming;
    try {
      await coming;
    } finally {
      if (this.#coming === coming) this.#coming = undefined;
    }
  }

  async #make(next: IsolationState): Promise<void> {
    const before = this.#now;
    // What is begun counts as done: a state that was half made is taken back whole.
    this.#now = { ...next, policies: [...next.policies, ...before.policies] };
    await this.#relabel(before, next);
    const known = new Map(before.policies.map((policy) => [nameOf(policy), JSON.stringify(policy)]));
    const changed = next.policies.filter((policy) => known.get(nameOf(policy)) !== JSON.stringify(policy));
    const objects = changed.map((policy) => this.#tamper(policy)) as unknown as readonly Manifest[];
    await this.#kube.apply(objects, { [runLabel]: this.#run });
    await this.#remove(before.policies, next.policies);
    this.#now = next;
  }

  /** Who records a check tells. */
  tell(): void {}

  tamper(change: (policy: ObjectName) => ObjectName): { changed(): number; stop(): void } {
    let count = 0;
    this.#tamper = (policy) => {
      const other = change(policy);
      if (!isDeepStrictEqual(other, policy)) count += 1;
      return other;
    };
    return {
      changed: () => count,
      stop: () => {
        this.#tamper = (policy) => policy;
      },
    };
  }

  delay(by: Milliseconds): { changed(): number; stop(): Promise<void> } {
    return this.#comingLate({ by, flush: false, count: 0 });
  }

  flush(by: Milliseconds): { changed(): number; stop(): Promise<void> } {
    return this.#comingLate({ by, flush: true, count: 0 });
  }

  #comingLate(late: Late): { changed(): number; stop(): Promise<void> } {
    this.#late = late;
    return {
      changed: () => late.count,
      stop: () => {
        this.#late = undefined;
        return this.#arrived();
      },
    };
  }

  lapse(after: Milliseconds): { changed(): number; stop(): void } {
    const lapsing = { after, count: 0 };
    this.#lapsing = lapsing;
    return {
      changed: () => lapsing.count,
      stop: () => {
        this.#lapsing = undefined;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#late = undefined;
    this.#lapsing = undefined;
    try {
      await this.#arrived();
    } finally {
      await this.set(nothing);
    }
  }

  async #remove(before: readonly ObjectName[], next: readonly ObjectName[]): Promise<void> {
    const kept = new Set(next.map(nameOf));
    const gone = before.filter((policy) => !kept.has(nameOf(policy)));
    if (gone.length === 0) return;
    const left = await this.#kube.remove(gone as unknown as readonly Manifest[]);
    if (left.length === 0) return;
    throw new NetproofError(`still there after their deletion: ${left.join(', ')}`, {
      code: 'NOT_REMOVED',
      exit: exitCode.defect,
    });
  }

  /** Labels that the state before had set and the next one does not name are taken off. */
  async #relabel(before: IsolationState, next: IsolationState): Promise<void> {
    const pods = changes(before.podLabels, next.podLabels).map(([id, labels]) => {
      const { namespace, pod: name } = podOf(id);
      return [{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } }, labels] as const;
    });
    const spaces = changes(before.namespaceLabels, next.namespaceLabels).map(
      ([name, labels]) => [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, labels] as const,
    );
    await Promise.all(
      [...pods, ...spaces].map(([object, labels]) => this.#kube.patch(object, { metadata: { labels } })),
    );
  }
}

type ByName = Readonly<Record<string, Labels>>;

/** What a merge patch must say, by name: null takes a label off. */
function changes(
  before: ByName = {},
  next: ByName = {},
): readonly (readonly [string, Readonly<Record<string, string | null>>])[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name] ?? {}, next[name] ?? {}];
    const off = Object.keys(was).filter((key) => !(key in is));
    const on = Object.entries(is).filter(([key, value]) => was[key] !== value);
    if (off.length + on.length === 0) return [];
    return [
      [name, { ...Object.fromEntries(off.map((key) => [key, null])), ...Object.fromEntries(on) }] as const,
    ];
  });
}

function without(labels: Labels, others: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !(key in others)));
}

/** Takes policies out of the probes' namespaces, which are ours: a run on a kept cluster that was killed left them. */
export async function removeLeftPolicies(kube: Kube): Promise<readonly string[]> {
  const all = await kube.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' });
  const ours = all.filter(({ metadata }) => metadata.namespace?.startsWith(namespacePrefix));
  if (ours.length > 0) await kube.remove(ours);
  return ours.map(nameOf);
}
