import assert from 'node:assert/strict';
import type { Turn } from './in-turns.ts';
import { told } from './isolation.ts';

/** Agents judge 576 pairs in 1.8 s; execs a fifth of them, each taking so many times as long. */
const turn = (slower: number): Turn => ({
  title: 'some',
  agents: { verdicts: 576, probes: 1_728, ms: 1_800 },
  execs: { verdicts: 115, probes: 116, ms: (1_800 / 576) * slower * 115, alike: 114 },
});

describe('the figures of isolation', () => {
  it('say what each side did, how fast, and how many times as fast', () => {
    const text = told([20, 21, 22, 23, 24, 25, 26].map(turn), 'calico-vxlan');
    assert.match(text, /^7 steps of .* on calico-vxlan/);
    assert.match(text, /agents: 4032 verdicts of 12096 probes, .*: 320\.0 verdicts a second\n/);
    assert.match(text, /a step: 1\.80 s median \(1\.80–1\.80, 7 runs\)\n/);
    assert.match(text, /805 verdicts of 812 probes, 798 of them as the agents': 13\.9 verdicts a second\n/);
    assert.match(text, /of all pairs it would be 41\.4 s median/);
    assert.match(text, /per verdict 23 times faster \(20–26 with 98\.4 % confidence\), wanted 20$/);
  });

  it('have no ratio of few steps', () => {
    assert.match(told([turn(20)], 'calico-vxlan'), /1 steps are too few for a ratio$/);
  });
});
