import { openLog } from './log.ts';

describe('a log', () => {
  it('on a full disk ends nothing by itself', async () => {
    await using log = await openLog('/dev/full');
    log.of('kind')('a line');
  });
});
