import assert from 'node:assert/strict';
import { selectChecks } from './select-checks.ts';

const all = ['dns/one', 'services/affinity/one', 'services/affinity/two', 'services-more/one'].map((id) => ({
  id,
  requirement: `What ${id} asks (TCP) MUST hold.`,
}));
const idsOf = (wanted: Parameters<typeof selectChecks>[1]) => selectChecks(all, wanted).map(({ id }) => id);

describe('selectChecks', () => {
  it('takes all where nothing is asked for', () => {
    assert.deepEqual(selectChecks(all, {}), all);
  });

  it('takes those that are to be named where they or their own folder are, and nowhere else', () => {
    const slow = { id: 'churn/one', requirement: 'It MUST hold.', onlyNamed: true } as const;
    const more = [slow, ...all];
    assert.deepEqual(selectChecks(more, {}), all);
    assert.deepEqual(selectChecks(more, { suites: ['churn'] }), [slow]);
    assert.deepEqual(selectChecks(more, { checks: ['churn/one'] }), [slow]);
    assert.deepEqual(selectChecks(more, { suites: ['churn', 'dns'] }), [...all.slice(0, 1), slow]);
    const restart = { ...slow, id: 'services/affinity/restart' };
    const services = [restart, ...all.slice(1, 3)];
    assert.deepEqual(selectChecks(services, { suites: ['services'] }), all.slice(1, 3));
    assert.deepEqual(selectChecks(services, { suites: ['services/affinity'] }), [
      ...all.slice(1, 3),
      restart,
    ]);
  });

  it('takes exact ids and whole suites, each check once and in order', () => {
    const wanted = { checks: ['services/affinity/two', 'dns/one'], suites: ['services/affinity'] };
    assert.deepEqual(idsOf(wanted), ['dns/one', 'services/affinity/one', 'services/affinity/two']);
  });

  it('takes a suite by its whole folder names', () => {
    assert.deepEqual(idsOf({ suites: ['services'] }), ['services/affinity/one', 'services/affinity/two']);
  });

  it('takes those of them in whose id or requirement a pattern is found', () => {
    assert.deepEqual(idsOf({ grep: /\/one$/ }), ['dns/one', 'services/affinity/one', 'services-more/one']);
    assert.deepEqual(idsOf({ grep: /^what dns.*\(tcp\)/i }), ['dns/one']);
    assert.deepEqual(idsOf({ suites: ['services'], grep: /one/g }), ['services/affinity/one']);
    assert.throws(() => idsOf({ suites: ['services'], grep: /dns/ }), {
      code: 'NO_SUCH_CHECK',
      exit: 2,
      message: /^nothing fits \/dns\/; there are:\n {2}services\/affinity\/one\n/,
    });
  });

  it('takes a share of what is left', () => {
    const grep = /one/;
    const shares = [1, 2].map((index) => idsOf({ grep, shard: { index, of: 2 } }));
    assert.deepEqual(shares.flat().toSorted(), idsOf({ grep }).toSorted());
    assert.throws(() => idsOf({ grep, shard: { index: 1, of: 4 } }), { code: 'SHARD_EMPTY', exit: 2 });
  });

  it('names everything that there is not, and says where a suite was meant', () => {
    const wanted = { checks: ['services', 'dns/two'], suites: ['policy', 'dns/one'] };
    assert.throws(
      () => idsOf(wanted),
      /no check services \(it is a suite: --suite services\), no check dns\/two, no suite policy, no suite dns\/one; there are:\n {2}dns\/one\n/,
    );
  });
});
