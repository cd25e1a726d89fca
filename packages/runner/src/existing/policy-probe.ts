import {
  bounds,
  type Cell,
  type Endpoint,
  exitCode,
  type Milliseconds,
  NetproofError,
  type Probes,
  pair as pairOf,
  policyPods,
  targetOf,
} from '@netproof/core';
import type { Kube, Manifest } from '@netproof/kube';
import { podOf, runLabel } from '@netproof/kube';

/** Whether policies are enforced, and what showed it. */
export interface PolicySeen {
  /** Undefined where nothing can be told. */
  readonly enforced: boolean | undefined;
  readonly why: string;
}

const port = { protocol: 'TCP', port: 8080 } as const;
/** So many samples in a row must show the same. */
const inARow = 3;

/**
 * Denies one pod all that comes to it and watches whether it falls silent, while another pod of its namespace, which the
 * policy does not select, answers all the time. What the policies of a cluster are worth the suite judges; this only
 * says whether it is to.
 *
 * @throws NetproofError `POLICY_UNDECIDED` (exit 3) where the policy outlives its deletion, or what it does
 */
export async function enforcesPolicies(
  kube: Pick<Kube, 'apply' | 'remove'>,
  probes: Pick<Probes, 'endpoints' | 'matrix'>,
  { run, bound = bounds.policyEnforced }: { readonly run: string; readonly bound?: Milliseconds },
): Promise<PolicySeen> {
  const pods = policyPods(probes.endpoints);
  const before = await ask(probes, pods, pods);
  const trio = trioIn(before);
  if (trio === undefined) return { enforced: undefined, why: 'no pod reaches two others of one namespace' };
  const { source, denied, control } = trio;
  const sample = async (): Promise<Seen> => {
    const cells = await ask(probes, [source], [denied, control]);
    const of = ({ id }: Endpoint) => cells.find(({ target }) => target.label === id);
    return { denied: of(denied), control: of(control) };
  };
  const since = performance.now();
  const { silent, known, last, spoiled } = await underPolicy(kube, denying(denied), run, () =>
    watched(sample, bound),
  );
  const took = ((performance.now() - since) / 1000).toFixed(1);
  if (spoiled !== undefined) return { enforced: undefined, why: spoiled };
  if (known === 0) return { enforced: undefined, why: describe(last.denied) };
  if (silent === 0)
    return { enforced: false, why: `${denied.id} answered for ${took} s under a policy that denies it all` };
  if (silent < inARow)
    return { enforced: undefined, why: `${describe(last.denied)} at the end of ${took} s, and not before` };
  await open(sample, denied, bound);
  const why = `${denied.id} fell silent under a policy that denies it all, ${control.id} did not`;
  return { enforced: true, why };
}

interface Seen {
  readonly denied: Cell | undefined;
  readonly control: Cell | undefined;
}

async function underPolicy<T>(
  kube: Pick<Kube, 'apply' | 'remove'>,
  policy: Manifest,
  run: string,
  work: () => Promise<T>,
): Promise<T> {
  await using _ = {
    async [Symbol.asyncDispose]() {
      const left = await kube.remove([policy]);
      if (left.length > 0) throw undecided(`still there after its deletion: ${left.join(', ')}`);
    },
  };
  await kube.apply([policy], { [runLabel]: run });
  return await work();
}

/** Samples until the one that is denied is silent, the other is too, or the bound has passed. */
async function watched(sample: () => Promise<Seen>, bound: Milliseconds) {
  const since = performance.now();
  let silent = 0;
  let known = 0;
  let last: Seen;
  do {
    last = await sample();
    // Agents without CPU say nothing of the network.
    if (!isKnown(last.denied) || !isKnown(last.control)) continue;
    if (!answers(last.control))
      return { silent, known, last, spoiled: `${describe(last.control)}, though no policy selects it` };
    known += 1;
    silent = answers(last.denied) ? 0 : silent + 1;
  } while (silent < inARow && performance.now() - since < bound);
  return { silent, known, last, spoiled: undefined };
}

async function open(
  sample: () => Promise<{ readonly denied: Cell | undefined }>,
  { id }: Endpoint,
  bound: Milliseconds,
): Promise<void> {
  const since = performance.now();
  while (!answers((await sample()).denied)) {
    if (performance.now() - since > bound) throw undecided(`${id} stays silent after the policy was deleted`);
  }
}

async function ask(
  probes: Pick<Probes, 'matrix'>,
  sources: readonly Endpoint[],
  targets: readonly Endpoint[],
): Promise<readonly Cell[]> {
  const { cells } = await probes.matrix({
    sources,
    targets: targets.map(targetOf),
    pairs: (source, target) => source !== target.endpoint,
    ports: [port],
    untold: true,
  });
  return cells;
}

/** One who reaches two pods of one namespace, which is not its own. */
function trioIn(cells: readonly Cell[]) {
  const space = ({ id }: Endpoint) => podOf(id).namespace;
  const reached = cells.flatMap(({ source, target: { endpoint }, verdict }) =>
    verdict === 'connected' && endpoint && space(source) !== space(endpoint) ? [{ source, endpoint }] : [],
  );
  const groups = Map.groupBy(reached, ({ source, endpoint }) => `${source.id} ${space(endpoint)}`);
  const [found] = [...groups.values()].filter((group) => group.length > 1);
  const [one, other] = found ?? [];
  return one && other && { source: one.source, denied: one.endpoint, control: other.endpoint };
}

function denying({ id }: Endpoint): Manifest {
  const { namespace, pod } = podOf(id);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'netproof-is-it-enforced', namespace },
    spec: { podSelector: { matchLabels: { 'netproof.dev/pod': pod } }, policyTypes: ['Ingress'] },
  };
}

const isKnown = (cell: Cell | undefined): boolean => cell !== undefined && cell.verdict !== 'probe-error';

/** One attempt of several is enough: a lost packet is no policy. */
const answers = (cell: Cell | undefined): boolean =>
  cell !== undefined && (cell.verdict === 'connected' || cell.answered > 0);

const describe = (cell: Cell | undefined): string =>
  cell === undefined ? 'a pair was not asked' : `${pairOf(cell)}: ${cell.reason ?? cell.verdict}`;

function undecided(why: string): NetproofError {
  return new NetproofError(`whether policies are enforced here cannot be told: ${why}`, {
    code: 'POLICY_UNDECIDED',
    exit: exitCode.environment,
    hint: 'the pods of the cluster must answer each other, on a machine with CPU to spare; run it again',
  });
}
