import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Nodes } from './ports.ts';
import { runAll } from './run-all.ts';

/** This machine, in place of a node. */
const nodes: Nodes = {
  list: [],
  async run(_, [program = '', ...args]) {
    return { stdout: execFileSync(program, args, { encoding: 'utf8' }), stderr: '', exitCode: 0 };
  },
};

describe('several commands at once', () => {
  it('give what each has printed, with their words as they are', async () => {
    const said = ["it's", '$HOME', 'a b', ''];
    const printed = await runAll(nodes, 'a', [
      ['printf', '%s|', ...said],
      ['true'],
      ['sh', '-c', 'echo "$1"', 'sh', '*'],
    ]);
    assert.deepEqual(printed, ["it's|$HOME|a b||", '', '*\n']);
  });

  it('end with the first that fails', async () => {
    await assert.rejects(runAll(nodes, 'a', [['echo', '1'], ['false'], ['echo', '2']]));
  });

  it('may be none', async () => {
    assert.deepEqual(await runAll(nodes, 'a', []), []);
  });
});
