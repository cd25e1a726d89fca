import {
  type Cell,
  type CheckContext,
  type CheckDefinition,
  type Finding,
  type IsolationState,
  Judge,
  type MatrixPlan,
  type ObjectName,
  type Port,
  type Result,
  resultOf,
  type Tampering,
} from '@netproof/core';
import { endpointId, type Manifest } from '@netproof/kube';
import { probeManifest } from '@netproof/probe';
import { type Engine, enforced } from './engine.ts';
import type { Pod, State } from './objects.ts';

const nodes = ['node0', 'node1', 'node2'];
const open: State = { policies: [] };

interface PodManifest extends Manifest {
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly affinity: unknown;
    readonly containers: readonly {
      readonly ports: readonly { name: string; protocol: Port['protocol']; containerPort: number }[];
    }[];
  };
}

/** The probes' pods as they are deployed; their addresses are of their nodes' parts of the pod network. */
export const pods: readonly Pod[] = probeManifest({ nodes, image: '', run: 'run', agentSource: '' })
  .filter((one): one is PodManifest => one.kind === 'Pod')
  .filter(({ spec }) => !spec.hostNetwork)
  .map(({ metadata: { name, namespace = '', labels = {} }, spec }, index) => {
    const node = nodes.findIndex((one) => JSON.stringify(spec.affinity).includes(`"${one}"`));
    return {
      kind: 'pod',
      id: endpointId(namespace, name),
      namespace,
      node: nodes[node] ?? '',
      ip: `10.1.${node}.${index + 2}`,
      labels,
      ports: (spec.containers[0]?.ports ?? []).map(({ containerPort, ...port }) => ({
        ...port,
        port: containerPort,
      })),
    };
  });

/** A host that is no pod: no policy is for it, and no selector finds it. */
export const outside: Pod = {
  kind: 'outside',
  id: 'outside/client',
  namespace: '',
  node: '',
  ip: '172.18.0.9',
  labels: {},
  ports: [],
};

const services = new Map(
  pods.map(({ namespace, id }, index) => [`${namespace}/${id.split('/')[1]}`, `10.96.0.${index}`]),
);

/** A cluster whose policies an engine enforces, at once unless it says otherwise. Time passes with what is asked: so long that nothing is waited for. */
export class Simulated implements Pick<Tampering, 'tamper'> {
  /** Every state that was set, in order. */
  readonly states: State[] = [open];
  readonly #engine: Engine;
  /** At the state that was set last. */
  #looks = 0;
  #change = (policy: ObjectName): ObjectName => policy;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param pass lets time pass, whenever the pods are asked */
  async judge(
    { run }: Pick<CheckDefinition, 'run'>,
    pass: () => void,
  ): Promise<{ readonly result: Result; readonly findings: readonly Finding[] }> {
    const judge = new Judge();
    const context = {
      cluster: {
        service: async (namespace: string, name: string) => ({
          clusterIP: services.get(`${namespace}/${name}`),
        }),
      },
      nodes: { list: nodes.map((name) => ({ name })) },
      probes: {
        endpoints: [...pods, outside],
        matrix: async (plan: MatrixPlan) => {
          pass();
          return { cells: this.#cells(plan), ms: 1 };
        },
      },
      isolation: {
        namespaces: async () =>
          Object.fromEntries(
            pods.map(({ namespace }) => [namespace, { 'kubernetes.io/metadata.name': namespace }]),
          ),
        set: async (state: IsolationState) => {
          this.#looks = 0;
          this.states.push({
            ...state,
            policies: state.policies.map((one) => this.#change(one)),
          } as unknown as State);
          return { sentAt: performance.now(), acceptedAt: performance.now() };
        },
        tell: () => {},
      },
      judge,
    };
    await run(context as unknown as CheckContext);
    return { result: resultOf(judge.judgement), findings: judge.judgement.findings };
  }

  tamper(change: (policy: ObjectName) => ObjectName) {
    this.#change = change;
    return { changed: () => 0, stop: () => {} };
  }

  #cells({ sources, targets, ports, pairs = () => true }: MatrixPlan): Cell[] {
    const [before = open, now = open] = [this.states.at(-2), this.states.at(-1)];
    const passes = enforced(this.#engine, now, before, this.#looks);
    this.#looks += 1;
    return sources.flatMap((source) =>
      targets
        .filter((target) => pairs(source, target))
        .flatMap((target) => {
          const [from, to] = [source, target.endpoint].map((end) =>
            [...pods, outside].find(({ id }) => id === end?.id),
          );
          if (!from || !to) throw new Error(`there is no ${source.id} or no ${target.label}`);
          const byService = target.address !== to.ip;
          return ports.map((port): Cell => {
            const passed = passes({ from, to, port, byService });
            return passed
              ? { source, target, port, verdict: 'connected', attempts: 1, answered: 1 }
              : { source, target, port, verdict: 'dropped', attempts: 3, answered: 0 };
          });
        }),
    );
  }
}
