import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { imagesFact } from './docker.ts';
import { isReady, lacks, note, there, unknown } from './fact.ts';
import { unusedBy } from './leftovers.ts';
import { inotify } from './limits.ts';
import { capabilities } from './machine.ts';
import { render } from './render.ts';

describe('what the doctor says', () => {
  const groups = [
    { title: 'machine', facts: [there('CPUs', '2'), unknown('memory', 'not told', { neededBy: 'nodes' })] },
    { title: 'tools', facts: [note('Go', 'not found', { cost: 'no builds', cure: 'install it' })] },
  ];
  const lacking = { title: 'more', facts: [lacks('veth', 'not there', { cure: 'a kernel with it' })] };

  it('is ready where nothing that is needed lacks, also with what is not known', () => {
    assert.equal(isReady(groups), true);
    assert.equal(isReady([...groups, lacking]), false);
  });

  it('is a line a fact, with what a lack costs and what cures it', () => {
    assert.equal(
      stripVTControlCharacters(render([...groups, lacking])),
      `machine
  ✓ CPUs    2
  ? memory  not told  (nodes)

tools
  ! Go  not found
        no builds
        → install it

more
  ✗ veth  not there
          → a kernel with it

✗ netproof cannot run here: 1 lacking; 1 noted, 1 not determined`,
    );
  });
});

describe('inotify instances', () => {
  it('are counted in clusters that still fit', () => {
    const fact = inotify(1024, 165, true);
    assert.equal(fact.state, 'there');
    assert.equal(fact.value, '1024, root uses 165: room for 15 more clusters');
  });

  it('that are few are raised by root, and by the user told how', () => {
    assert.deepEqual([inotify(128, 100, true).state, inotify(128, 0, true).state], ['note', 'note']);
    const user = inotify(128, undefined, false);
    assert.equal(user.state, 'note');
    assert.match(user.value, /what root uses of it is not to be seen: room for at most 2 clusters/);
    assert.equal(user.cure, 'sudo sysctl -w fs.inotify.max_user_instances=1024');
    assert.equal(inotify(40, undefined, false).state, 'lacks');
  });

  it('that are used up although they are many lack', () => {
    const fact = inotify(1024, 1000, true);
    assert.equal(fact.state, 'lacks');
    assert.match(fact.cure ?? '', /netproof clean/);
  });

  it('of an unknown number are unknown', () => {
    assert.equal(inotify(undefined, undefined, true).state, 'unknown');
  });
});

describe('capabilities', () => {
  it('lack where nodes need them; netproof does without CAP_SYS_RESOURCE', () => {
    assert.deepEqual(
      capabilities(() => false, false).map(({ state }) => state),
      ['there', 'there'],
    );
    assert.deepEqual(
      capabilities((one) => one === 'SYS_RESOURCE', false).map(({ state }) => state),
      ['there', 'note'],
    );
    const netAdmin = (...given: unknown[]) => given.length === 1 && given[0] === 'NET_ADMIN';
    const [must] = capabilities(netAdmin, false);
    assert.equal(must?.state, 'lacks');
    assert.match(must?.value ?? '', /^CAP_NET_ADMIN /);
    assert.equal(capabilities(netAdmin, true)[0]?.state, 'note');
  });
});

describe('images', () => {
  const problems = [{ what: 'not found: gcc', cure: 'apt-get install gcc' }];

  it('that are all there need nothing now', () => {
    assert.equal(imagesFact({ missing: [], problems: [], upstream: false }, true).state, 'there');
    assert.equal(imagesFact({ missing: [], problems, upstream: false }, true).state, 'note');
  });

  it('that must be built lack where they cannot be, unless a registry may have them', () => {
    const missing = ['kind', 'node-image'];
    assert.equal(imagesFact({ missing, problems: [], upstream: false }, true).state, 'note');
    assert.equal(imagesFact({ missing, problems, upstream: true }, true).state, 'note');
    const fact = imagesFact({ missing, problems, upstream: false }, true);
    assert.equal(fact.state, 'lacks');
    assert.equal(fact.cure, 'apt-get install gcc');
    assert.match(fact.value, /2 parts to be built: kind, node-image; in the way: not found: gcc/);
  });

  it('are unknown without an Engine, where one may have them', () => {
    const missing = ['node-image'];
    assert.equal(imagesFact({ missing, problems: [], upstream: false }, false).state, 'unknown');
    assert.equal(
      imagesFact({ missing: ['kind', ...missing], problems: [], upstream: false }, false).state,
      'note',
    );
  });
});

describe('a network without a cluster', () => {
  const now = Date.parse('2026-11-21T13:00:00Z');
  const unused = unusedBy(['netproof-bridge-1'], now);
  const made = (name: string, time: string) => unused({ name, created: new Date(time) });

  it('is one of ours that is old enough not to be in the making', () => {
    assert.equal(made('netproof-bridge-2', '2026-11-21T12:00:00Z'), true);
    assert.equal(made('netproof-bridge-2', '2026-11-21T12:59:00Z'), false);
    assert.equal(made('netproof-bridge-2', 'no time'), false);
    assert.equal(made('netproof-bridge-1', '2026-11-21T12:00:00Z'), false);
    assert.equal(made('kind', '2026-11-21T12:00:00Z'), false);
  });
});
