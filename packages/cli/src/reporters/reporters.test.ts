import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { Told } from '@netproof/runner';
import { blank } from '../terminal.ts';
import { inert } from './github.ts';
import { type ReporterName, reporters, usualReporter } from './index.ts';
import type { Reporter } from './reporter.ts';

const told = (change: Partial<Told> = {}): Told => ({
  event: 'result',
  check: 'dns/service/headless',
  cluster: 'bridge',
  result: 'pass',
  state: 'good',
  ms: 1_200,
  judged: 4,
  findings: [],
  again: 'pnpm netproof run --cluster bridge --check dns/service/headless',
  ...change,
});

const red = told({
  result: 'fail',
  state: 'red',
  findings: ['x/a → 10.96.0.10: 100 % lost,\r\nall of it'],
  evidence: 'reports/out/1/evidence/dns',
});

describe('reporters', () => {
  const { stdout, stderr } = process;
  const writes = { out: stdout.write, err: stderr.write };
  let out = '';
  let err = '';

  beforeEach(() => {
    out = '';
    err = '';
  });

  /** What they write must not be mixed with what mocha does. */
  function shown(name: ReporterName, live: boolean, show: (reporter: Reporter) => void) {
    stdout.write = ((text: string) => {
      out += text;
      return true;
    }) as typeof stdout.write;
    stderr.write = ((text: string) => {
      err += text;
      return true;
    }) as typeof stderr.write;
    try {
      show(reporters[name](live));
    } finally {
      stdout.write = writes.out;
      stderr.write = writes.err;
    }
  }

  it('are the list, but in the Actions of GitHub', () => {
    assert.equal(usualReporter({}), 'list');
    assert.equal(usualReporter({ GITHUB_ACTIONS: 'true' }), 'github');
    assert.equal(usualReporter({ GITHUB_ACTIONS: 'false', CI: 'true' }), 'list');
  });

  it('list: has every line as it is, and nothing for what is told to programs only', () => {
    shown('list', true, (ui) => {
      ui.line('✓ pass a', told());
      ui.line('\n1 passed');
      ui.line('', { event: 'run-ended', exit: 0, totals: { passed: 1, failed: 0, skipped: 0 } });
    });
    assert.equal(out, '✓ pass a\n\n1 passed\n');
  });

  it('line: writes one line anew for what is good, and keeps what is not', () => {
    shown('line', true, (ui) => {
      ui.line('✓ pass a', told());
      ui.line('✗ fail b\n    why', red);
      ui.line('\n1 passed, 1 failed');
    });
    assert.equal(out, '✗ fail b\n    why\n\n1 passed, 1 failed\n');
    const lines = err.split(blank);
    assert.equal(lines.shift(), '');
    assert.equal(lines.pop(), '');
    assert.deepEqual(lines, [
      '1 done, 0 failed, 0 undecided  dns/service/headless  bridge',
      '',
      '2 done, 1 failed, 0 undecided  dns/service/headless  bridge',
    ]);
    assert.ok(!err.includes('\n'));
  });

  it('line: is the list where nobody looks on', () => {
    shown('line', false, (ui) => ui.line('✓ pass a', told()));
    assert.equal(out, '✓ pass a\n');
    assert.equal(err, '');
  });

  it('github: folds what is good by suite, and annotates the file of each check that is not', () => {
    shown('github', false, (ui) => {
      ui.line('keeping');
      ui.line('✓ pass a', told());
      ui.line('✓ pass b', told());
      ui.line('✓ pass c', told({ check: 'services/x' }));
      ui.line('✗ fail d', red);
      ui.line('? inconclusive e', told({ result: 'inconclusive', state: 'open' }));
      ui.line('✓ under it', told({ fault: 'udp-dropped', result: 'fail' }));
      ui.line('the end');
    });
    assert.deepEqual(out.split('\n'), [
      'keeping',
      '::group::dns on bridge',
      '✓ pass a',
      '✓ pass b',
      '::endgroup::',
      '::group::services on bridge',
      '✓ pass c',
      '::endgroup::',
      '✗ fail d',
      '::error file=suites/dns/service/headless.ts,title=dns/service/headless on bridge::x/a → 10.96.0.10: 100 %25 lost,%0D%0Aall of it%0Aevidence: reports/out/1/evidence/dns/%0Aagain: pnpm netproof run --cluster bridge --check dns/service/headless',
      '? inconclusive e',
      '::warning file=suites/dns/service/headless.ts,title=dns/service/headless on bridge::inconclusive%0Aagain: pnpm netproof run --cluster bridge --check dns/service/headless',
      '::group::udp-dropped on bridge',
      '✓ under it',
      '::endgroup::',
      'the end',
      '',
    ]);
  });

  it('show what is known to fail, and what passes though it is, with what the cluster records', () => {
    const known = { ...red, state: 'known', note: 'known: nodes masquerade, until 2027-03-01' } as const;
    const passes = told({ state: 'red', note: 'unexpected pass' });
    const show = (ui: Reporter) => {
      ui.line('≈ fail a', known);
      ui.line('✗ pass b', passes);
    };
    shown('github', false, show);
    const [, warning, , error] = out.split('\n');
    assert.match(warning!, /^::warning .*::known: nodes masquerade, until 2027-03-01%0Ax\/a → /);
    assert.match(error!, /^::error .*::unexpected pass%0Aagain: /);
    [out, err] = ['', ''];
    shown('line', true, show);
    assert.equal(out, '≈ fail a\n✗ pass b\n');
    assert.match(err, /2 done, 1 failed, 0 undecided/);
  });

  it('github: gives nobody else a command', () => {
    const evil = 'a\n::add-mask::x\r  ::error::y ##[group]z\n::stop-commands::t';
    assert.equal(inert(evil), 'a\n: :add-mask::x\r  : :error::y ## [group]z\n: :stop-commands::t');
    shown('github', false, (ui) =>
      ui.line(evil, told({ check: 'a,b:c%\n::error::d', cluster: evil, state: 'red', findings: [evil] })),
    );
    const commands = out.split(/[\n\r]/).filter((line) => /^\s*::|##\[/.test(line));
    assert.equal(commands.length, 1);
    assert.match(
      commands[0]!,
      /^::error file=suites\/a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ad\.ts,title=[^:,]*::a%0A/,
    );
  });

  it('json: is one object a line on stdout, and nothing else', () => {
    shown('json', false, (ui) => {
      ui.line('\u001b[32m✓\u001b[0m pass a', told());
      ui.line('\u001b[33mkeeping\u001b[0m\n  again');
      ui.line('');
      ui.line('', { event: 'run-ended', exit: 1, totals: { passed: 1, failed: 0, skipped: 0 } });
    });
    const lines = out.split('\n');
    assert.equal(lines.pop(), '');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        told(),
        { event: 'line', text: 'keeping\n  again' },
        { event: 'run-ended', exit: 1, totals: { passed: 1, failed: 0, skipped: 0 } },
      ],
    );
    assert.equal(stripVTControlCharacters(out), out);
  });
});
