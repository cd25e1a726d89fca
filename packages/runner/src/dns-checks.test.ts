import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type Endpoint, Judge, type Lookup, type Probes, resultOf } from '@netproof/core';
import { faults } from '@netproof/faults';
import { loadChecks } from './checks.ts';
import { contextWith } from './testing.ts';

const suites = fileURLToPath(new URL('../../../suites/', import.meta.url));
const all = await loadChecks(
  suites,
  faults.map(({ id }) => id),
);
const check = all.find(({ id }) => id === 'dns/service/srv-and-ptr') ?? assert.fail();

const pod: Endpoint = { kind: 'pod', id: 'x/a', node: 'node', ip: '10.1.0.2', labels: {} };
const service = 'dns-srv.netproof-z.svc.cluster.local.';

/** Answers as it must be, except where a test says otherwise. */
async function judged(change: (right: Lookup) => Partial<Lookup> = () => ({})) {
  const judge = new Judge();
  const resolve: Probes['resolve'] = async ({ sources, questions, transports }) =>
    sources.flatMap((source) =>
      questions.flatMap((question) =>
        transports.map((transport): Lookup => {
          const name = question.type === 'SRV' ? `${question.name}.cluster.local.` : question.name;
          const data = question.type === 'SRV' ? JSON.stringify({ port: 81, target: service }) : service;
          const right: Lookup = {
            ...{ source, question, transport, name, server: '10.96.0.10', ms: 1 },
            ...{ verdict: 'answered', rcode: 'NOERROR', truncated: false },
            records: [{ name, type: question.type, ttl: 5, data }],
          };
          return { ...right, ...change(right) };
        }),
      ),
    );
  const { cluster, ...rest } = contextWith({ endpoints: [pod], resolve });
  const ports = [{ name: 'web', protocol: 'TCP', port: 81, targetPort: 8080 }] as const;
  const facts = { id: 'z/dns-srv', clusterIP: '10.96.0.9', ports, backends: [] };
  await check.run({ ...rest, cluster: { ...cluster, service: async () => facts }, judge });
  const said = judge.judgement.findings.map(({ message }) => message);
  return { result: resultOf(judge.judgement), said };
}

describe('the check of SRV and PTR records', () => {
  it('is green where both are right, in any case of the name', async () => {
    assert.deepEqual(await judged(), { result: 'pass', said: [] });
    const loud = ({ records = [] }: Lookup) => ({
      records: records.map((record) => ({ ...record, name: record.name.toUpperCase() })),
    });
    assert.equal((await judged(loud)).result, 'pass');
  });

  for (const type of ['SRV', 'PTR']) {
    it(`is red by ${type} alone, where its value or its owner is another`, async () => {
      const data = type === 'SRV' ? JSON.stringify({ port: 82, target: service }) : 'nobody.invalid.';
      for (const wrong of [{ data }, { name: 'other.' }]) {
        const { result, said } = await judged(({ question, records = [] }) =>
          question.type === type ? { records: records.map((record) => ({ ...record, ...wrong })) } : {},
        );
        assert.equal(result, 'fail', JSON.stringify(wrong));
        assert.equal(said.length, 1);
        assert.match(said[0] ?? '', new RegExp(` ${type} over `));
      }
    });
  }
});
