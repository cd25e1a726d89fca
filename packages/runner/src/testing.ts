import type { CheckContext, NewEvent, Probes, Table } from '@netproof/core';
import type { LoadedCheck } from './checks.ts';
import type { Journal } from './journal.ts';

/** A journal in memory. */
export class MemoryJournal implements Pick<Journal, 'write'> {
  readonly events: NewEvent[] = [];

  write(event: NewEvent): void {
    this.events.push(event);
  }

  of<E extends NewEvent['event']>(event: E): Extract<NewEvent, { event: E }>[] {
    return this.events.filter((one) => one.event === event) as Extract<NewEvent, { event: E }>[];
  }
}

/** A cluster of one node that claims PodNetwork, with the probes that a test gives it. */
export function contextWith(probes: Partial<Probes> = {}): Omit<CheckContext, 'judge'> {
  return {
    cluster: {
      name: 'fake',
      podSubnet: '10.1.0.0/16',
      claims: ['PodNetwork'],
      service: async () => {
        throw new Error('no such Service');
      },
    },
    nodes: {
      list: [{ name: 'node', ip: '172.18.0.2', podCIDR: '10.1.0.0/24', controlPlane: true }],
      run: async () => ({ stdout: '', stderr: '', exitCode: 0 }),
    },
    probes: {
      endpoints: [],
      served: [8080],
      matrix: async (): Promise<Table> => ({ cells: [], ms: 1 }),
      sample: async () => {
        throw new Error('no sample');
      },
      resolve: async () => {
        throw new Error('no lookup');
      },
      watch: async () => {
        throw new Error('no watch');
      },
      keep: async () => {
        throw new Error('no connection');
      },
      packets: async () => {
        throw new Error('no packets');
      },
      ...probes,
    },
    isolation: {
      namespaces: async () => ({}),
      set: async () => ({ sentAt: 0, acceptedAt: 0 }),
      tell: () => {},
    },
    pods: {
      start: () => Promise.reject(new Error('no pods')),
      restart: () => Promise.reject(new Error('no pods')),
      terminate: () => Promise.reject(new Error('no pods')),
      remove: async () => {},
    },
    cni: { restart: () => Promise.reject(new Error('no agents')) },
    load: {
      compare: async () => {
        throw new Error('no load');
      },
    },
  };
}

export function checkThat(run: LoadedCheck['run'], change: Partial<LoadedCheck> = {}): LoadedCheck {
  return {
    id: 'fake/check',
    requirement: 'It MUST hold.',
    source: 'https://kubernetes.io/docs/',
    needs: [],
    reddenedBy: { must: ['fake-fault'] },
    run,
    ...change,
  };
}
