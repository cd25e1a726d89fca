import assert from 'node:assert/strict';
import { dnsAnswers } from './dns-ready.ts';
import { timedWait } from './journal.ts';
import { contextWith, MemoryJournal } from './testing.ts';

const asked: string[] = [];
const kube = {
  async whyPods(...where: readonly string[]) {
    asked.push(where.join(' '));
    return ['Pod kube-system/coredns-1 on worker: Running; log of coredns: no upstream'];
  },
};
const silent = contextWith({
  resolve: () => Promise.reject(new Error('worker2 UDP was not answered')),
}).probes;
const answering = contextWith({ resolve: async () => [] }).probes;

describe('a DNS that does not answer', () => {
  beforeEach(() => asked.splice(0));

  it('leaves why in the journal, with what its pods come to, and ends nothing', async () => {
    const journal = new MemoryJournal();
    const why = await timedWait(journal, 'DNS answers pods', () => dnsAnswers(silent, kube));
    assert.equal(
      why,
      'worker2 UDP was not answered\n    Pod kube-system/coredns-1 on worker: Running; log of coredns: no upstream',
    );
    assert.deepEqual(asked, ['kube-system k8s-app=kube-dns']);
    assert.deepEqual(
      journal.of('phase').map((event) => [event.phase, event.why]),
      [['DNS answers pods', why]],
    );
  });

  it('is not looked at in a cluster of others', async () => {
    assert.equal(await dnsAnswers(silent, undefined), 'worker2 UDP was not answered');
  });

  it('is none where it answers', async () => {
    const journal = new MemoryJournal();
    assert.equal(await timedWait(journal, 'DNS answers pods', () => dnsAnswers(answering, kube)), undefined);
    assert.deepEqual(asked, []);
    assert.equal('why' in journal.of('phase')[0]!, false);
  });
});
