import assert from 'node:assert/strict';
import type { Attempt } from './agent/wire.ts';
import { verdictOf } from './verdict.ts';

const by = (server: string, ms = 1) =>
  ({ kind: 'answered', server, client: '10.1.0.2', local: '10.1.0.2', ms }) as const;
const silent: Attempt = { kind: 'silent', ms: 900 };
const refused: Attempt = { kind: 'refused', ms: 1 };
const error: Attempt = { kind: 'error', reason: 'EMFILE', ms: 0 };

describe('verdictOf', () => {
  const cases: [name: string, attempts: Attempt[], verdict: string, answered: number][] = [
    ['connected when the only attempt is answered', [by('x/a')], 'connected', 1],
    ['connected when all attempts are answered, by any that may', [by('x/a'), by('x/b')], 'connected', 2],
    ['dropped when one of several is silent', [silent, by('x/a'), by('x/a')], 'dropped', 2],
    ['dropped when all are silent', [silent, silent, silent], 'dropped', 0],
    ['wrong-peer when anybody else answers, whatever else', [silent, by('x/a'), by('z/z')], 'wrong-peer', 2],
    ['refused', [refused], 'refused', 0],
    ['refused when a later attempt is', [by('x/a', 250), refused], 'refused', 1],
    ['dropped rather than refused when one is silent', [silent, refused], 'dropped', 0],
    ['reset', [{ kind: 'reset', ms: 1 }], 'reset', 0],
    ['unreachable', [{ kind: 'unreachable', ms: 1 }], 'unreachable', 0],
    ['a probe error when an attempt could not be made', [silent, error], 'probe-error', 0],
    ['a probe error when there was none', [], 'probe-error', 0],
  ];
  for (const [name, attempts, verdict, answered] of cases) {
    it(`is ${name}`, () => {
      const judged = verdictOf(attempts, { servers: ['x/a', 'x/b'] });
      assert.equal(judged.verdict, verdict);
      assert.equal(judged.answered, answered);
      assert.equal(judged.attempts, attempts.length);
    });
  }

  it('takes the time from the first attempt only', () => {
    assert.equal(verdictOf([by('x/a', 7)], { servers: ['x/a'] }).ms, 7);
    assert.equal(verdictOf([silent, by('x/a', 7)], { servers: ['x/a'] }).ms, undefined);
  });

  it('shows every address that the client was seen with, and those that it had', () => {
    const judged = verdictOf([by('x/a'), { ...by('x/a'), client: '172.18.0.3' }], { servers: ['x/a'] });
    assert.equal(judged.clientSeenAs, '10.1.0.2 and 172.18.0.3');
    assert.equal(judged.clientAddress, '10.1.0.2');
  });

  it('takes another port of the right peer for a wrong one, where it knows the port', () => {
    const at = (port: number) => ({ ...by('x/a'), port });
    const behind = { servers: ['x/a'], serverPort: 8083 };
    assert.equal(verdictOf([at(8083)], behind).verdict, 'connected');
    const crossed = verdictOf([at(8083), at(8082)], behind);
    assert.deepEqual([crossed.verdict, crossed.server], ['wrong-peer', 'x/a at its port 8082']);
    assert.equal(verdictOf([at(8082)], { servers: ['x/a'] }).verdict, 'connected');
    const stranger = verdictOf([by('stranger (hello)')], behind);
    assert.deepEqual([stranger.verdict, stranger.server], ['wrong-peer', 'stranger (hello)']);
  });

  it('names the wrong peer and how it saw the client, and the reason of an error', () => {
    const wrong = verdictOf([by('x/a'), by('z/z')], { servers: ['x/a'] });
    assert.deepEqual([wrong.server, wrong.clientSeenAs], ['z/z', '10.1.0.2']);
    assert.equal(verdictOf([error], { servers: ['x/a'] }).reason, 'EMFILE');
  });
});
