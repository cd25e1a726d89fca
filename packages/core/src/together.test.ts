import assert from 'node:assert/strict';
import { type ExitCode, exitCode, NetproofError } from './error.ts';
import { together } from './together.ts';

const refusal = (message: string, hint?: string, exit: Exclude<ExitCode, 0> = exitCode.usage) =>
  Promise.reject(new NetproofError(message, { code: 'ONE', exit, ...(hint !== undefined && { hint }) }));
const several = { code: 'SEVERAL' };

describe('together', () => {
  it('has what each came to, in their order', async () => {
    const [a, b] = await together([Promise.resolve(1), Promise.resolve('b')], several);
    assert.deepEqual([a + 1, b.length], [2, 1]);
    assert.deepEqual(
      await together(
        [1, 2].map(async (one) => one * 2),
        several,
      ),
      [2, 4],
    );
  });

  it('leaves a refusal that is alone as it is', async () => {
    await assert.rejects(together([refusal('no a', 'try b'), Promise.resolve()], several), {
      ...{ code: 'ONE', message: 'no a', hint: 'try b', exit: 2 },
    });
  });

  it('tells several at once, each hint once, and ends as the worst of them', async () => {
    const works = [refusal('no a', 'look'), refusal('no b', 'look'), refusal('no c', 'cure it', 3)];
    await assert.rejects(together(works, several), {
      ...{ code: 'SEVERAL', message: 'no a\nno b\nno c', hint: 'look\n  cure it', exit: 3 },
    });
    await assert.rejects(together(works, { ...several, hint: 'leave them out' }), { hint: 'leave them out' });
    const bare = await together([refusal('no a'), refusal('no b')], several).catch((error) => error);
    assert.equal(bare.hint, undefined);
  });

  it('is of the first’s kind where nobody names another, and tells once what several say', async () => {
    const works = [refusal('no a'), refusal('no b'), refusal('no a')];
    await assert.rejects(together(works), { code: 'ONE', message: 'no a\nno b' });
    await assert.rejects(together([refusal('no a', 'try b'), refusal('no a', 'try b')]), {
      ...{ code: 'ONE', message: 'no a', hint: 'try b' },
    });
  });

  it('hides no defect behind a refusal', async () => {
    const defect = new TypeError('x is not a function');
    await assert.rejects(together([refusal('no a'), Promise.reject(defect)], several), defect);
  });
});
