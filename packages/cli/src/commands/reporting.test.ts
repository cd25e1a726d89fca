import assert from 'node:assert/strict';
import { exitCode } from '@netproof/core';
import { exitOfRun, tellAll } from './reporting.ts';

const carried = (exit: 0 | 1 | 5) => ({ exit, lacks: [] });
const lacking = { exit: exitCode.pass, lacks: ['no VXLAN'] };

describe('how a run ends', () => {
  it('is undecided where the machine could carry no cluster of it', () => {
    assert.equal(exitOfRun([lacking]), exitCode.undecided);
    assert.equal(exitOfRun([lacking, lacking]), exitCode.undecided);
    assert.equal(exitOfRun([lacking, carried(0)]), exitCode.pass);
    assert.equal(exitOfRun([lacking, carried(1)]), exitCode.checkFailed);
    // What went wrong is worse than that nothing was judged.
    assert.equal(exitOfRun([{ exit: exitCode.defect, lacks: ['no VXLAN'] }]), exitCode.defect);
  });

  const reported = (applicable: boolean) => ({
    ...{ cluster: 'bridge', exit: exitCode.pass, applicable, failures: [] },
    totals: { passed: 0, failed: 0, skipped: 0 },
  });
  async function told(applicable: readonly boolean[], exit: 0 | 5 | 130): Promise<string> {
    const lines: string[] = [];
    const ui = { line: (text: string) => void lines.push(text), step: () => assert.fail() };
    const several = applicable.length > 1;
    await tellAll(applicable.map(reported), { folder: '/nowhere', start: 0, several, exit, ui });
    return lines.join('\n');
  }

  it('says so, of one cluster and of several', async () => {
    for (const some of [[false], [false, false]])
      assert.match(await told(some, 5), /^\? nothing was judged: .*netproof doctor/m);
    for (const [some, exit] of [
      [[true, false], 5],
      [[true], 0],
      [[false], 130],
    ] as const)
      assert.doesNotMatch(await told(some, exit), /nothing was judged/);
  });
});
