import assert from 'node:assert/strict';
import { NetproofError } from '@netproof/core';
import { untilInterrupted } from './interruption.ts';

describe('work that may be interrupted', () => {
  const listening = () => process.listenerCount('SIGTERM');

  it('ends as it does where nobody interrupts', async () => {
    const before = listening();
    assert.equal(await untilInterrupted(async () => 1), 1);
    await assert.rejects(
      untilInterrupted(() => Promise.reject(new TypeError('broken'))),
      TypeError,
    );
    assert.equal(listening(), before);
  });

  it('is left behind when somebody does, with the code that says so', async () => {
    const never = new Promise<never>(() => {});
    const ended = untilInterrupted(() => never);
    process.emit('SIGTERM');
    await assert.rejects(ended, (error) => error instanceof NetproofError && error.exit === 130);
  });
});
