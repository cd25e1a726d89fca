import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsTarget } from '../testing/dns-target.ts';
import { freePort, quick } from '../testing/local-agents.ts';
import { deafTarget, tcpTarget, udpTarget } from '../testing/targets.ts';
import { resolve, resolverOf } from './resolve.ts';
import type { AgentLookup, Nameserver } from './wire.ts';

/** A window that nothing but silence sees the end of, however busy the machine is; and one that is to end. */
const patient = 8_000;
const { silence: short } = quick;
const transports = ['UDP', 'TCP'] as const;

describe('resolve', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-resolve-'));
    file = join(folder, 'resolv.conf');
    writeFileSync(file, 'search x.svc.example.org svc.example.org example.org\nnameserver 127.0.78.53\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  const askTimes = async (
    nameserver: Nameserver | undefined,
    transport: 'UDP' | 'TCP',
    name = 'web.x.svc',
    { from = file, window = patient, times = 1 } = {},
  ) => {
    const asks = [{ name, type: 'A', transport }] as const;
    const program = { verb: 'resolve', asks, atOnce: 8, silence: window, answer: window } as const;
    const { lookups } = await resolve({ ...program, times, ...(nameserver && { nameserver }) }, from);
    assert.equal(lookups.length, 1);
    return lookups[0] as AgentLookup[];
  };
  const ask = async (...args: Parameters<typeof askTimes>) => {
    const lookups = await askTimes(...args);
    assert.equal(lookups.length, 1);
    return lookups[0] as AgentLookup;
  };

  for (const transport of transports) {
    describe(`over ${transport}`, () => {
      it('asks one message for the whole name and reads its answer', async () => {
        using target = await dnsTarget();
        const { ms, ...lookup } = await ask(target.nameserver, transport);
        assert.ok(ms > 0);
        const name = 'web.x.svc.example.org.';
        assert.deepEqual(lookup, {
          kind: 'answered',
          name,
          server: target.nameserver.address,
          rcode: 'NOERROR',
          truncated: false,
          records: [{ name, type: 'A', ttl: 30, data: '10.96.0.9' }],
        });
        assert.equal(target.asked.length, 1);
      });

      it('asks each time from another source port', async () => {
        using target = await dnsTarget();
        for (const name of ['a.', 'b.', 'c.']) await ask(target.nameserver, transport, name);
        assert.deepEqual(
          target.asked.map(({ name }) => name),
          ['a', 'b', 'c'],
        );
        assert.equal(new Set(target.asked.map(({ from }) => from)).size, 3);
      });

      it('asks so often as it is told, each time when the one before was answered', async () => {
        using target = await dnsTarget();
        const all = await askTimes(target.nameserver, transport, 'a.', { times: 5 });
        assert.deepEqual(
          all.map(({ kind }) => kind),
          Array(5).fill('answered'),
        );
        assert.equal(new Set(target.asked.map(({ from }) => from)).size, 5);
      });

      it('asks no more after one that was not answered', async () => {
        let left = 2;
        using target = await dnsTarget([({ id = 0 }) => (left-- > 0 ? {} : { id: (id + 1) % 0x10000 })]);
        const all = await askTimes(target.nameserver, transport, 'a.', { times: 5, window: short });
        assert.deepEqual(
          all.map(({ kind }) => kind),
          ['answered', 'answered', 'silent'],
        );
        assert.equal(target.asked.length, 3);
      });

      it('notes denials and truncation', async () => {
        const flags = 0x0200 | 3; // TC, NXDOMAIN (RFC 1035, 4.1.1)
        using target = await dnsTarget([() => ({ flags, answers: [] })]);
        const lookup = await ask(target.nameserver, transport);
        assert(lookup.kind === 'answered');
        assert.deepEqual([lookup.rcode, lookup.truncated, lookup.records], ['NXDOMAIN', true, []]);
      });

      it('passes over what answers another question, and takes the answer after it', async () => {
        using target = await dnsTarget([
          ({ id = 0 }) => ({ id: (id + 1) % 0x10000 }),
          () => ({ questions: [{ name: 'other', type: 'A' }] }),
          ({ questions = [] }) => ({ questions: questions.map((one) => ({ ...one, type: 'AAAA' })) }),
          () => ({ questions: [] }),
          () => ({ type: 'query' }),
          ({ questions = [] }) => ({
            questions: questions.map((one) => ({ ...one, name: one.name.toUpperCase() })),
          }),
        ]);
        const lookup = await ask(target.nameserver, transport);
        assert.equal(lookup.kind, 'answered');
      });

      it('is silent where only other questions are answered', async () => {
        using target = await dnsTarget([({ id = 0 }) => ({ id: (id + 1) % 0x10000 })]);
        const lookup = await ask(target.nameserver, transport, 'web.x.svc', { window: short });
        assert.equal(lookup.kind, 'silent');
        assert.equal(target.asked.length, 1, 'it was asked again');
      });

      it('is refused where nobody listens', async () => {
        const nameserver = { address: '127.0.78.54', port: await freePort() };
        assert.equal((await ask(nameserver, transport)).kind, 'refused');
      });
    });
  }

  it('is silent over UDP where what comes is no DNS, or nothing', async () => {
    using garbled = await udpTarget((reply) => reply('no DNS'));
    assert.equal((await ask(garbled, 'UDP', 'a.', { window: short })).kind, 'silent');
    using deaf = await udpTarget();
    assert.equal((await ask(deaf, 'UDP', 'a.', { window: short })).kind, 'silent');
    assert.equal(deaf.count, 1);
  });

  it('is silent over TCP where no SYN is answered', async () => {
    using deaf = await deafTarget();
    const { kind, ms } = await ask(deaf, 'TCP', 'a.', { window: short });
    assert.equal(kind, 'silent');
    assert.ok(ms >= short - 1);
  });

  it('is reset over TCP where the connection ends without an answer', async () => {
    using target = await tcpTarget((socket) => socket.resume().end());
    assert.equal((await ask(target, 'TCP')).kind, 'reset');
  });

  it('asks the nameserver of the file where none is given', async () => {
    const { server, kind } = await ask(undefined, 'UDP');
    assert.equal(server, '127.0.78.53');
    assert.equal(kind, 'refused'); // nobody has port 53 of that address
  });

  it('knows nothing where the file names no domain of a cluster', async () => {
    const bare = join(folder, 'bare.conf');
    writeFileSync(bare, 'nameserver 127.0.78.53\n');
    const lookup = await ask(undefined, 'UDP', 'web.x.svc', { from: bare });
    assert(lookup.kind === 'error');
    assert.match(lookup.reason, /no svc\.<domain> in the search list/);
  });
});

describe('resolverOf', () => {
  it('takes the first nameserver, the last search list and what stands behind svc.', () => {
    const text = [
      '# nameserver 10.0.0.1',
      'search old.example',
      'nameserver 10.96.0.10',
      'nameserver 10.96.0.11',
      'search x.svc.example.org svc.example.org example.org host.example',
      'options ndots:5',
    ];
    assert.deepEqual(resolverOf(text.join('\n')), { nameserver: '10.96.0.10', domain: 'example.org' });
    assert.deepEqual(resolverOf('options ndots:5'), {});
  });
});
