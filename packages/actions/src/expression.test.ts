import assert from 'node:assert/strict';
import { evaluate, interpolate, type Scope } from './expression.ts';

const scope: Scope = {
  contexts: {
    github: { event_name: 'push', ref: 'refs/heads/main' },
    matrix: { cluster: 'bridge' },
    steps: { list: { outputs: { names: '["a","b"]', none: '' } } },
    inputs: { 'my-cni': '' },
  },
  functions: { fromJSON: (text) => JSON.parse(String(text)), cancelled: () => false },
};

describe('an expression of GitHub Actions', () => {
  for (const [expression, value] of [
    ['matrix.cluster', 'bridge'],
    ["inputs.my-cni != ''", false],
    ["'it''s'", "it's"],
    ["github.event_name == 'Push' && 300 || 90", 300],
    ["github.event_name == 'schedule' && 300 || 90", 90],
    ['steps.list.outputs.none || github.ref', 'refs/heads/main'],
    ["!cancelled() && (github.ref == 'refs/heads/main' || false)", true],
    ['fromJSON(steps.list.outputs.names)', ['a', 'b']],
  ] as const) {
    it(`${expression} is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(evaluate(expression, scope), value);
    });
  }

  for (const [expression, why] of [
    ['matrix.clutser', /there is no matrix\.clutser/],
    ['secrets.token', /there is no secrets/],
    ['matrix.cluster.length', /there is no matrix\.cluster\.length/],
    ['matrix.constructor', /there is no matrix\.constructor/],
    ["contains('a', 'b')", /there is no function contains/],
    ['toString()', /there is no function toString/],
    ['1 == true', /two types/],
    ['matrix.cluster matrix.cluster', /has no place/],
    ['matrix.cluster &&', /ends too early/],
    ['matrix.*', /cannot read/],
  ] as const) {
    it(`${expression} is refused`, () => {
      assert.throws(() => evaluate(expression, scope), why);
    });
  }

  it('keeps its type alone, and is a text in a text', () => {
    assert.deepEqual(interpolate(` \${{ fromJSON(steps.list.outputs.names) }} `, scope), ['a', 'b']);
    assert.equal(
      interpolate(`run-\${{ matrix.cluster }} of \${{ github.ref }}`, scope),
      'run-bridge of refs/heads/main',
    );
    assert.equal(interpolate('none', scope), 'none');
  });
});
